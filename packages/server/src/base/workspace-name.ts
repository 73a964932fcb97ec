/** What may name a workspace, wherever one is named: in the header, with a key, in a question. */
export const workspaceNameForm = '1 to 64 of a-z, A-Z, 0-9, _ and -';

export function isWorkspaceName(text: string): boolean {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(text);
}
