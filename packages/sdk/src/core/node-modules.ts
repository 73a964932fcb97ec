/**
 * Modules of Node, by the way that costs an application nothing. An `import` of one has Node read all that it exports, and what it makes on demand is made: on Node 24 that of
 * `node:http` loads undici and takes 15 ms, that of `node:util` 2 ms (bench/sdk-overhead).
 */
export const http = process.getBuiltinModule('node:http');
export const util = process.getBuiltinModule('node:util');
export const fs = process.getBuiltinModule('node:fs');
