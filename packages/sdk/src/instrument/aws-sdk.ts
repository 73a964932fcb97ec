import type { Attributes } from '@opentelemetry/api';
import type { Point } from '../core/metrics.js';
import { childOf, newTrace, scopes } from '../core/scope.js';
import { noDetail } from '../core/span-detail.js';
import { observeDuration, spanKind, type Template } from '../core/templates.js';
import { memberOf } from '../errors/member-of.js';
import { nowMs } from '../core/clock.js';
import { attributeKey } from '../otlp/span-writer.js';
import { countsOwnRetries } from './failed-requests.js';
import type { Instrumentation } from './instrumentation.js';
import { failureAttributes } from './leaf-call.js';
import { settled } from './settled.js';
import { carrierOf, type TraceCarrier } from './trace-carrier.js';
import { wrap } from './wrap.js';

const maxOperations = 1000;
/** SQS and SNS take ten attributes on a message. */
const maxMessageAttributes = 10;

const keys = {
  error: attributeKey('error.type'),
  requestId: attributeKey('aws.request_id'),
  status: attributeKey('http.response.status_code'),
  queue: attributeKey('messaging.destination.name'),
  count: attributeKey('messaging.batch.message_count'),
};

interface Operation {
  readonly template: Template;
  /** Where the application's own function around it is what counts: a span that is no call of its own. */
  readonly within: Template;
  readonly retries: Point;
}

/**
 * The AWS SDK, version 3: every command of every client is a span by service and operation (`S3.PutObject`), the requests that it makes are below it. Messages for SQS and SNS carry the trace as a
 * message attribute; who receives them gets it, to go on with by `extract`.
 */
export const awsSdk: Instrumentation = {
  name: 'aws-sdk',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const operations = new Map<string, Operation>();

    // Where clients inherit `send` from: since late in version 3, as bundlers take it, and before.
    for (const file of [
      '@smithy/core/dist-cjs/submodules/client/index',
      '@smithy/core/dist-es/submodules/client/smithy-client/client',
      '@smithy/smithy-client',
      '@smithy/smithy-client/dist-es/client',
    ]) {
      tools.onLoad(file, exports => {
        const Client = memberOf(exports, 'Client');
        if (typeof Client !== 'function') return;
        const undo = wrap(Client.prototype, 'send', sent);
        if (undo === undefined) return;
        tools.undo(undo);
        tools.seen();
      });
    }

    function sent(client: unknown, args: unknown[], send: (...args: unknown[]) => unknown): unknown {
      const [command] = args;
      const service = memberOf(memberOf(client, 'config'), 'serviceId');
      const name = commandName(command);
      if (typeof service !== 'string' || typeof name !== 'string' || typeof command !== 'object' || command === null)
        return send.apply(client, args);
      const operation = operationOf(service.replaceAll(' ', ''), name.replace(/Command$/, ''));
      const parent = scopes.getStore();
      const detail = noDetail();
      const scope = parent === undefined ? newTrace(detail) : childOf(parent, detail);
      const isDeclared = isSameService(parent?.detail?.declaredService, service);
      const template = isDeclared ? operation.within : operation.template;
      countsOwnRetries(scope);
      const startMs = nowMs();
      const giveBack = carry(service, command, carrierOf(scope));
      const ended = (error: unknown, output: unknown): void => {
        try {
          giveBack?.();
          end(error, output);
        } catch {
          recorder.fault('aws-sdk (answer)');
        }
      };
      const at = args.findIndex(argument => typeof argument === 'function');
      const callback = args[at];
      const passed = [...args];
      if (typeof callback === 'function') {
        passed[at] = (error: unknown, output: unknown) => {
          ended(error ?? undefined, output);
          return scopes.run(parent, () => Reflect.apply(callback, undefined, [error, output]));
        };
      }
      let result: unknown;
      try {
        result = scopes.run(scope, () => send.apply(client, passed));
      } catch (error) {
        ended(error ?? new Error('threw nothing'), undefined);
        throw error;
      }
      return typeof callback === 'function' ? result : settled(result, ended);

      function end(error: unknown, output: unknown): void {
        const endMs = nowMs();
        const failure = error === undefined ? '' : String(memberOf(error, 'name') ?? 'Error');
        if (!isDeclared) observeDuration(template, failure === '' ? 'ok' : failure, endMs - startMs, failureAttributes);
        const metadata = memberOf(error ?? output, '$metadata');
        const retries = Math.max(0, (Number(memberOf(metadata, 'attempts')) || 1) - 1);
        operation.retries.value += retries;
        if (!scope.sampled) return;
        const { spans } = recorder;
        const before = spans.out.length;
        try {
          const start = spans.begin(
            scope,
            scope.s0,
            scope.s1,
            parent?.s0 ?? 0,
            parent?.s1 ?? 0,
            template,
            startMs,
            endMs,
          );
          const [status, requestId] = [memberOf(metadata, 'httpStatusCode'), memberOf(metadata, 'requestId')];
          if (typeof status === 'number') spans.integer(keys.status, status);
          if (typeof requestId === 'string') spans.string(keys.requestId, requestId.slice(0, 100));
          if (retries > 0) spans.attribute('http.request.resend_count', retries);
          messaging(command, output);
          if (failure !== '') spans.string(keys.error, failure);
          spans.detail(detail);
          spans.end(start, detail.status?.code ?? (failure === '' ? 0 : 2), detail.status?.message ?? failure);
        } catch (fault) {
          spans.cancel(before);
          throw fault;
        }
        recorder.written();
      }
    }

    /** The queue of an SQS command, and how many messages it took or gave. */
    function messaging(command: unknown, output: unknown): void {
      const input = memberOf(command, 'input');
      const url = memberOf(input, 'QueueUrl');
      if (typeof url !== 'string') return;
      recorder.spans.string(keys.queue, url.slice(url.lastIndexOf('/') + 1).slice(0, 100));
      const many = memberOf(input, 'Entries') ?? memberOf(output, 'Messages');
      if (Array.isArray(many)) recorder.spans.integer(keys.count, many.length);
    }

    function operationOf(service: string, name: string): Operation {
      const key = `${service}.${name}`;
      const known = operations.get(key);
      if (known !== undefined) return known;
      const { templates, metrics } = recorder;
      const metric = metrics.metric({
        name: 'external.operation.duration',
        unit: 's',
        description: 'Time of calls of external services',
        kind: 'histogram',
        scope: '@bellwether/node',
      });
      const metricAttributes: Attributes = {
        'service.peer.name': `aws-${service.toLowerCase()}`,
        'bellwether.operation': name,
      };
      const attributes = { 'rpc.system.name': 'aws-api', 'rpc.method': `${service}/${name}`, ...metricAttributes };
      const overflow = { 'rpc.system.name': 'aws-api' };
      const templateOf = (kind: number): Template =>
        templates.create(
          { name: key, kind, attributes, metric, metricAttributes },
          { name: 'aws', kind, attributes: overflow, metric, metricAttributes: overflow },
        );
      const made: Operation = {
        template: templateOf(spanKind.client),
        within: templateOf(spanKind.internal),
        retries: metrics
          .metric({
            name: 'external.operation.retries',
            unit: '{retry}',
            description: 'Requests to external services that were made again',
            kind: 'counter',
            scope: '@bellwether/node',
          })
          .point(metricAttributes),
      };
      if (operations.size < maxOperations && !templates.full) operations.set(key, made);
      return made;
    }
  },
};

/** Whether what an application calls a service is this one of AWS: `s3`, `aws-s3` and `Amazon S3` are `S3`. */
function isSameService(declared: string | undefined, service: string): boolean {
  return declared !== undefined && bareName(declared.slice(0, 100)) === bareName(service);
}

function bareName(service: string): string {
  const letters = service.toLowerCase().replaceAll(/[^a-z\d]/g, '');
  return letters.replace(/^(?:aws|amazon)(?=.)/, '');
}

/** `SendMessage`, from the command's schema, or by its class, whose name a bundler may have changed. */
function commandName(command: unknown): unknown {
  const schema = memberOf(command, 'schema');
  const [kind, , name]: readonly unknown[] = Array.isArray(schema) ? schema : [];
  return kind === 9 && typeof name === 'string' ? name : memberOf(memberOf(command, 'constructor'), 'name');
}

/**
 * Puts the trace on the messages of an SQS or SNS command, and asks for it when messages are received. The command's input is a copy meanwhile; the caller's own object is not changed, and it is
 * the command's again when the call is over. Returns how to do that.
 */
function carry(service: string, command: object, carrier: TraceCarrier | undefined): (() => void) | undefined {
  if (carrier === undefined || (service !== 'SQS' && service !== 'SNS')) return undefined;
  const own = memberOf(command, 'input');
  if (typeof own !== 'object' || own === null) return undefined;
  const input = withTrace(own, carrier);
  if (input === own) return undefined;
  Reflect.set(command, 'input', input);
  return () => void Reflect.set(command, 'input', own);
}

function withTrace(input: object, carrier: TraceCarrier): object {
  const entries = memberOf(input, 'Entries') ?? memberOf(input, 'PublishBatchRequestEntries');
  if (Array.isArray(entries)) {
    const name = 'Entries' in input ? 'Entries' : 'PublishBatchRequestEntries';
    return {
      ...input,
      [name]: entries.map((entry: unknown) =>
        typeof entry === 'object' && entry !== null && isMessage(entry) ? withAttribute(entry, carrier) : entry,
      ),
    };
  }
  if (isMessage(input)) return withAttribute(input, carrier);
  if ('MaxNumberOfMessages' in input || 'WaitTimeSeconds' in input || 'MessageAttributeNames' in input) {
    const names = memberOf(input, 'MessageAttributeNames');
    const asked = Array.isArray(names) ? names : [];
    return asked.includes('All')
      ? input
      : { ...input, MessageAttributeNames: [...asked, 'traceparent', 'tracestate', 'baggage'] };
  }
  return input;
}

function isMessage(value: object): boolean {
  return 'MessageBody' in value || 'Message' in value;
}

function withAttribute(message: object, carrier: TraceCarrier): object {
  const own = memberOf(message, 'MessageAttributes');
  const known: object = typeof own === 'object' && own !== null ? own : {};
  const more = Object.entries(carrier);
  if ('traceparent' in known || Object.keys(known).length + more.length > maxMessageAttributes) return message;
  const added = Object.fromEntries(more.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]));
  return { ...message, MessageAttributes: { ...known, ...added } };
}
