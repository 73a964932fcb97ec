import { spanKind } from '../../core/templates.js';
import { type FunctionDecorator, functionDecorator } from './function-decorator.js';

/** `@trackExternalService('s3', 'upload')`: calls of a service of somebody else's, with their time and outcome by service and operation. A command of the AWS SDK of that service in it is a part of the call, and does not count a second time. */
export function trackExternalService(service: string, operation: string): FunctionDecorator {
  const metricAttributes = { 'service.peer.name': service, 'bellwether.operation': operation };
  return functionDecorator(fn => ({
    name: `${service}.${operation}`,
    kind: spanKind.client,
    attributes: fn === '' ? metricAttributes : { ...metricAttributes, 'code.function.name': fn },
    metric: { name: 'external.operation.duration', description: 'Time of calls of external services' },
    metricAttributes,
    service,
  }));
}
