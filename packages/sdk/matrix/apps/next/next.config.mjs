import { fileURLToPath } from 'node:url';

// The application stands two folders below what it is installed in, and takes the SDK from outside of it.
const root = fileURLToPath(new URL('../../../../../../', import.meta.url));
export default { outputFileTracingRoot: root, turbopack: { root }, serverExternalPackages: ['@bellwether/node'] };
