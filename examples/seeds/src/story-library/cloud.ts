import { trackExternalService } from '@bellwether/node';

const cloud = process.env['CLOUD_URL'] ?? 'http://127.0.0.1:9';

/** Fails as the service failed. */
async function call(path: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(`${cloud}${path}`, init);
  if (!answer.ok) throw new Error(`${path.split('/')[1] ?? 'the service'} answered ${answer.status}`);
  return answer.json();
}

/** Who writes must be signed in with Clerk. */
export const signedIn = trackExternalService(
  'clerk',
  'authenticate',
)(async (user: string): Promise<void> => {
  await call(`/clerk/users/${encodeURIComponent(user)}`);
});

/** Resend, by its HTTP API. */
export const sendMail = trackExternalService(
  'resend',
  'send',
)(async (to: string, subject: string): Promise<void> => {
  await call('/resend/emails', { method: 'POST', body: JSON.stringify({ to, subject }) });
});

const upload = trackExternalService(
  's3',
  'upload',
)((id: string, picture: Uint8Array<ArrayBuffer>) =>
  call(`/s3/covers/${encodeURIComponent(id)}`, { method: 'PUT', body: picture }),
);
const moderate = trackExternalService(
  'rekognition',
  'detect_moderation_labels',
)((id: string) => call('/rekognition/', { method: 'POST', body: JSON.stringify({ id }) }));

/** Covers are kept in S3 when Rekognition finds nothing wrong with them. */
export const coverStore = {
  async keep(id: string, picture: Uint8Array<ArrayBuffer>): Promise<unknown> {
    await upload(id, picture);
    return moderate(id);
  },
};
