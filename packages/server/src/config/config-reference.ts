import { z } from 'zod';
import { envPaths, flagPaths } from './load-config.js';
import { configFile } from './schema.js';

interface Key {
  readonly path: string;
  readonly byDefault: string;
  readonly description: string;
}

/** The reference page of `bellwether.yaml` as Markdown, written from the schema that checks it. */
export function configReference(): string {
  const rows = keysOf(configFile, '').map(({ path, byDefault, description }) => {
    const set = [...namesOf(flagPaths, path).map(name => `--${name}`), ...namesOf(envPaths, path)];
    return `| \`${path}\` | ${byDefault === '' ? '' : `\`${byDefault}\``} | ${set.map(name => `\`${name}\``).join(' ')} | ${description.replaceAll('|', '\\|')} |`;
  });
  return `# Configuration

Everything has a default; \`bellwether.yaml\` is optional. It is read from the working directory, or from where \`--config\` or \`BELLWETHER_CONFIG\` says.
A flag goes before an environment variable, that before the file, and the file before the default. \`bellwether check\` says whether a file is right.

\`BELLWETHER_LOG_LEVEL\` is what is written to stderr: \`debug\`, \`info\`, \`warn\` (the default), \`error\` or \`silent\`. \`BELLWETHER_DEMO=1\` is \`--demo\`.

An address is a port (\`4318\`), \`host:port\`, or \`off\`. A size is a number of bytes or has a unit (\`64 MiB\`, \`2 GiB\`).

| Key | Default | Also set by | Meaning |
| --- | --- | --- | --- |
${rows.join('\n')}

## Example

\`\`\`yaml
data: /var/lib/bellwether
ingest:
  http: 0.0.0.0:4318
  keys:
    - name: production
      env: BELLWETHER_PRODUCTION_KEY
retention:
  logsDays: 14
\`\`\`
`;
}

const namesOf = (names: Readonly<Record<string, readonly string[]>>, path: string): readonly string[] =>
  Object.entries(names).flatMap(([name, parts]) => (parts.join('.') === path ? [name] : []));

function keysOf(schema: z.core.$ZodType, path: string): readonly Key[] {
  const facts = factsOf(schema);
  if (facts.inner instanceof z.ZodObject) {
    const own = path === '' ? [] : [{ path, byDefault: '', description: facts.description }];
    return [
      ...own,
      ...Object.entries(facts.inner.shape).flatMap(([name, value]) =>
        keysOf(value, path === '' ? name : `${path}.${name}`),
      ),
    ];
  }
  const own = { path, byDefault: facts.byDefault, description: facts.description };
  return facts.inner instanceof z.ZodArray ? [own, ...keysOf(facts.inner.element, `${path}[]`).slice(1)] : [own];
}

interface Facts {
  readonly inner: z.core.$ZodType;
  readonly byDefault: string;
  readonly description: string;
}

/** The schema below its wrappers, with the outermost description and default. */
function factsOf(schema: z.core.$ZodType): Facts {
  const description = schema instanceof z.ZodType ? (schema.description ?? '') : '';
  const around = (inner: z.core.$ZodType, byDefault = ''): Facts => {
    const facts = factsOf(inner);
    return {
      inner: facts.inner,
      byDefault: byDefault || facts.byDefault,
      description: description || facts.description,
    };
  };
  if (schema instanceof z.ZodDefault) {
    const value = schema.def.defaultValue;
    return around(schema.unwrap(), Array.isArray(value) ? '[]' : typeof value === 'object' ? '{}' : String(value));
  }
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) return around(schema.unwrap());
  if (schema instanceof z.ZodPipe) return around(schema.in);
  return { inner: schema, byDefault: '', description };
}
