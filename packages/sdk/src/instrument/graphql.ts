import type { Attributes } from '@opentelemetry/api';
import { scopes } from '../core/scope.js';
import { spanKind, type Template, type TemplateSpec } from '../core/templates.js';
import { attributeKey } from '../otlp/span-writer.js';
import type { Instrumentation } from './instrumentation.js';
import { beginWork, endWork, type WorkSpan } from './work-span.js';
import { type Method, wrap } from './wrap.js';

/** What `execute` is given, in one object since graphql 16 and in order before. */
interface Execution {
  readonly schema: unknown;
  readonly document: unknown;
  readonly operationName: unknown;
}

interface Operation {
  /** `query`, `mutation` or `subscription`. */
  readonly type: string;
  readonly name: string;
}

/** What the resolvers of one operation did. */
interface Resolved {
  calls: number;
  failures: number;
}

const keys = {
  resolvers: attributeKey('graphql.resolvers.calls'),
  failures: attributeKey('graphql.resolvers.failures'),
  errors: attributeKey('graphql.errors'),
};

/** Names of operations come from clients: further ones are counted under their type alone. */
const maxNames = 500;

/** Errors of one operation that are reported; a list of a thousand items may fail a thousand times. */
const maxReported = 10;

/**
 * graphql-js 15 and 16, and the servers that call its `execute` (Apollo, Mercurius without its compiler, `graphql-http`): a span per operation by type and name, with how many resolvers
 * ran and failed. What a resolver throws is reported; an error that the schema's author makes as a `GraphQLError` is an answer.
 */
export const graphql: Instrumentation = {
  name: 'graphql',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const byName = new Map<string, Template>();
    const followed = new WeakSet<object>();
    /** By the variables' object, which is one per execution and in every resolver's hands. */
    const running = new WeakMap<object, Resolved>();

    tools.onLoad('graphql/execution/execute', (exports, version) => {
      const undo = wrap(Object(exports), 'execute', (self, args, execute) => {
        let work: WorkSpan | undefined;
        let operation: Operation | undefined;
        const resolved: Resolved = { calls: 0, failures: 0 };
        try {
          const execution = executionOf(args);
          operation = operationOf(execution);
          if (operation !== undefined) {
            followSchema(execution.schema);
            work = beginWork();
          }
        } catch {
          recorder.fault('graphql (execute)');
        }
        if (work === undefined || operation === undefined) return execute.apply(self, args);
        const [begun, known] = [work, operation];
        current = resolved;
        const finish = (result: unknown): void => {
          try {
            end(begun, known, resolved, result);
          } catch {
            recorder.fault('graphql (result)');
          }
        };
        let result: unknown;
        try {
          result = scopes.run(begun.scope, () => execute.apply(self, args));
        } catch (error) {
          finish({ errors: [error] });
          throw error;
        } finally {
          current = undefined;
        }
        if (result instanceof Promise) {
          return result.then(
            value => {
              finish(value);
              return value;
            },
            (error: unknown) => {
              finish({ errors: [error] });
              throw error;
            },
          );
        }
        finish(result);
        return result;
      });
      if (undo === undefined) return;
      tools.undo(undo);
      tools.seen(version);
    });

    /** The operation whose first resolvers are being called: they run before `execute` returns. */
    let current: Resolved | undefined;

    function followSchema(schema: unknown): void {
      if (typeof schema !== 'object' || schema === null || followed.has(schema) || !('getTypeMap' in schema)) return;
      followed.add(schema);
      if (typeof schema.getTypeMap !== 'function') return;
      for (const type of Object.values(Object(schema.getTypeMap()))) {
        const fields = typeof type === 'object' && type !== null && 'getFields' in type ? type.getFields : undefined;
        if (typeof fields !== 'function') continue;
        for (const field of Object.values(Object(fields.call(type)))) {
          if (typeof field === 'object' && field !== null && typeof Reflect.get(field, 'resolve') === 'function') {
            const undo = wrap(field, 'resolve', follow);
            if (undo !== undefined) tools.undo(undo);
          }
        }
      }
    }

    function follow(self: unknown, args: unknown[], resolve: Method): unknown {
      const resolved = resolvedOf(args[3]);
      if (resolved === undefined) return resolve.apply(self, args);
      resolved.calls++;
      try {
        const result = resolve.apply(self, args);
        if (result instanceof Promise) result.catch(() => resolved.failures++);
        return result;
      } catch (error) {
        resolved.failures++;
        throw error;
      }
    }

    function resolvedOf(info: unknown): Resolved | undefined {
      const variables: unknown =
        typeof info === 'object' && info !== null ? Reflect.get(info, 'variableValues') : undefined;
      if (typeof variables !== 'object' || variables === null) return undefined;
      const known = running.get(variables);
      if (known !== undefined || current === undefined) return known;
      running.set(variables, current);
      return current;
    }

    function end(work: WorkSpan, operation: Operation, resolved: Resolved, result: unknown): void {
      const found: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'errors') : undefined;
      const errors: readonly unknown[] = Array.isArray(found) ? found : [];
      const [thrown, ...more] = errors
        .slice(0, maxReported)
        .map(originalOf)
        .filter(error => error !== undefined);
      const mechanism = { type: 'graphql', handled: false } as const;
      const report = (error: unknown): string | undefined =>
        recorder.errors.exception(error, { mechanism, scope: work.scope });
      const reported = thrown === undefined ? undefined : report(thrown);
      for (const error of more) report(error);
      endWork(recorder, work, templateOf(operation), {
        failure: errors.length === 0 ? '' : thrown === undefined ? 'graphql' : 'resolver',
        error: thrown,
        reported,
        more(spans) {
          spans.integer(keys.resolvers, resolved.calls);
          if (resolved.failures > 0) spans.integer(keys.failures, resolved.failures);
          if (errors.length > 0) spans.integer(keys.errors, errors.length);
        },
      });
    }

    function templateOf({ type, name }: Operation): Template {
      const known = byName.get(`${type} ${name}`);
      if (known !== undefined) return known;
      const isNamed = name !== '' && byName.size < maxNames;
      if (!isNamed && name !== '') return templateOf({ type, name: '' });
      const metric = recorder.metrics.metric({
        name: 'graphql.operation.duration',
        unit: 's',
        description: 'Time that GraphQL operations took to execute',
        kind: 'histogram',
        scope: '@bellwether/node',
      });
      const spec = (attributes: Attributes): TemplateSpec => ({
        name: isNamed ? `${type} ${name}` : type,
        kind: spanKind.internal,
        attributes,
        metric,
        metricAttributes: attributes,
      });
      const base = { 'graphql.operation.type': type };
      const overflow = { ...spec(base), name: type };
      const made = recorder.templates.create(
        isNamed ? spec({ ...base, 'graphql.operation.name': name }) : overflow,
        overflow,
      );
      byName.set(`${type} ${name}`, made);
      return made;
    }
  },
};

function executionOf(args: readonly unknown[]): Execution {
  const [first] = args;
  if (args.length === 1 && typeof first === 'object' && first !== null && 'document' in first) {
    return {
      schema: Reflect.get(first, 'schema'),
      document: first.document,
      operationName: Reflect.get(first, 'operationName'),
    };
  }
  return { schema: first, document: args[1], operationName: args[5] };
}

/** The operation of a parsed document that will run: the one with the name asked for, or the only one. */
function operationOf({ document, operationName }: Execution): Operation | undefined {
  const definitions: unknown =
    typeof document === 'object' && document !== null ? Reflect.get(document, 'definitions') : undefined;
  if (!Array.isArray(definitions)) return undefined;
  for (const definition of definitions.slice(0, 1000)) {
    if (definition?.kind !== 'OperationDefinition') continue;
    const name: unknown = definition.name?.value;
    const text = typeof name === 'string' ? name.slice(0, 100) : '';
    if (typeof operationName === 'string' && operationName !== '' && name !== operationName) continue;
    return { type: String(definition.operation), name: text };
  }
  return undefined;
}

/** What a resolver threw, when graphql-js has put it into an error of its own. */
function originalOf(error: unknown): unknown {
  const original: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'originalError') : undefined;
  if (original === undefined || original === null) return undefined;
  // A `GraphQLError` that was thrown on purpose is an answer, not a fault.
  return original instanceof Error && original.name === 'GraphQLError' ? undefined : original;
}
