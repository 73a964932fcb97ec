/** Written at build time from the engine's function objects (see vite.config.ts): their docs without their code. */
declare module 'virtual:promql-docs' {
  export const functionDocs: readonly {
    readonly name: string;
    /** `(instant vector)` */
    readonly signature: string;
    readonly doc: string;
  }[];
}
