import type { Attributes } from '@opentelemetry/api';
import type { Metric } from '../core/metrics.js';
import { errorType } from '../core/span-detail.js';
import { spanKind, type Template } from '../core/templates.js';
import { memberOf } from '../errors/member-of.js';
import { attributeKey } from '../otlp/span-writer.js';
import type { Instrumentation } from './instrumentation.js';
import { beginLeaf, endLeaf, type LeafCall } from './leaf-call.js';
import { settled } from './settled.js';
import { wrap } from './wrap.js';

/** What is called, where it is declared, and OpenTelemetry's name for it (https://opentelemetry.io/docs/specs/semconv/gen-ai/). */
const calls = [
  { file: 'openai/resources/chat/completions/completions', name: 'Completions', operation: 'chat' },
  { file: 'openai/resources/responses/responses', name: 'Responses', operation: 'chat' },
  { file: 'openai/resources/embeddings', name: 'Embeddings', operation: 'embeddings' },
] as const;

const maxModels = 200;

const keys = {
  model: attributeKey('gen_ai.response.model'),
  input: attributeKey('gen_ai.usage.input_tokens'),
  output: attributeKey('gen_ai.usage.output_tokens'),
};

/**
 * openai ≥ 5: chat, responses and embeddings by model, with their tokens; never what was asked or answered. Of a streamed answer the time to its beginning is told, and no tokens. The request itself is a
 * span of the HTTP client.
 */
export const openai: Instrumentation = {
  name: 'openai',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const templates = new Map<string, Template>();
    const scope = '@bellwether/node';
    let tokens: Metric | undefined;

    for (const { file, name, operation } of calls) {
      tools.onLoad(file, (exports, version) => {
        const Resource = memberOf(exports, name);
        if (typeof Resource !== 'function') return;
        const undo = wrap(Resource.prototype, 'create', (resource, args, create) => {
          const model = memberOf(args[0], 'model');
          const call = beginLeaf();
          const result = create.apply(resource, args);
          const parse = memberOf(result, 'parse');
          if (typeof result !== 'object' || result === null || typeof parse !== 'function') return result;
          // It is a promise that reads the answer when somebody waits for it; so we wait with them.
          let parsed: unknown;
          const whenParsed = (): unknown =>
            (parsed ??= settled(Reflect.apply(parse, result, []), (error, value) =>
              ended(call, operation, model, error, value),
            ));
          Object.defineProperty(result, 'parse', { value: whenParsed, configurable: true, writable: true });
          return result;
        });
        if (undo === undefined) return;
        tools.undo(undo);
        tools.seen(version);
      });
    }

    function ended(call: LeafCall, operation: string, model: unknown, error: unknown, value: unknown): void {
      try {
        const template = templateOf(operation, typeof model === 'string' ? model.slice(0, 100) : 'unknown');
        const answered = memberOf(value, 'model');
        const usage = memberOf(value, 'usage');
        const input = Number(memberOf(usage, 'prompt_tokens') ?? memberOf(usage, 'input_tokens'));
        const output = Number(memberOf(usage, 'completion_tokens') ?? memberOf(usage, 'output_tokens'));
        count(template, 'input', input);
        count(template, 'output', output);
        endLeaf(recorder, call, template, error === undefined ? '' : failureOf(error), spans => {
          if (typeof answered === 'string') spans.string(keys.model, answered.slice(0, 100));
          if (input >= 0) spans.integer(keys.input, input);
          if (output >= 0) spans.integer(keys.output, output);
        });
      } catch {
        recorder.fault('openai (answer)');
      }
    }

    function count(template: Template, type: 'input' | 'output', used: number): void {
      if (!(used >= 0)) return;
      tokens ??= recorder.metrics.metric({
        name: 'gen_ai.client.token.usage',
        unit: '{token}',
        description: 'Tokens of a request or an answer',
        kind: 'histogram',
        scope,
      });
      tokens.point({ ...template.spec.metricAttributes, 'gen_ai.token.type': type }).histogram?.record(used);
    }

    function templateOf(operation: string, model: string): Template {
      const known = templates.get(`${operation} ${model}`);
      if (known !== undefined) return known;
      if (templates.size >= maxModels) return templates.get(`${operation} other`) ?? make(operation, 'other');
      return make(operation, model);
    }

    function make(operation: string, model: string): Template {
      const metric = recorder.metrics.metric({
        name: 'gen_ai.client.operation.duration',
        unit: 's',
        description: 'Time of calls of models',
        kind: 'histogram',
        scope,
      });
      const attributes: Attributes = {
        'gen_ai.provider.name': 'openai',
        'gen_ai.operation.name': operation,
        'gen_ai.request.model': model,
      };
      const { full } = recorder.templates;
      const made = recorder.templates.create(
        { name: `${operation} ${model}`, kind: spanKind.client, attributes, metric, metricAttributes: attributes },
        { name: operation, kind: spanKind.client, attributes: {}, metric, metricAttributes: {} },
      );
      if (!full) templates.set(`${operation} ${model}`, made);
      return made;
    }
  },
};

/** The library's own code (`rate_limit_exceeded`), else the error's class. */
function failureOf(error: unknown): string {
  const code = memberOf(error, 'code');
  return typeof code === 'string' && /^[a-z_]{1,60}$/.test(code) ? code : errorType(error);
}
