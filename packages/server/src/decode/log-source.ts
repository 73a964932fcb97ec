/**
 * Names under which log shippers say where a line comes from, and OpenTelemetry's names for the same. What is found here describes the source, and so
 * stands with the resource; anything else stays with the line.
 */
const resourceNames: ReadonlyMap<string, string> = new Map([
  ['service_version', 'service.version'],
  ['service_namespace', 'service.namespace'],
  ['service_instance_id', 'service.instance.id'],
  ['env', 'deployment.environment.name'],
  ['environment', 'deployment.environment.name'],
  ['deployment_environment', 'deployment.environment.name'],
  ['deployment_environment_name', 'deployment.environment.name'],
  ['host', 'host.name'],
  ['hostname', 'host.name'],
  ['host_name', 'host.name'],
  ['namespace', 'k8s.namespace.name'],
  ['k8s_namespace_name', 'k8s.namespace.name'],
  ['pod', 'k8s.pod.name'],
  ['k8s_pod_name', 'k8s.pod.name'],
  ['container', 'k8s.container.name'],
  ['k8s_container_name', 'k8s.container.name'],
  ['node_name', 'k8s.node.name'],
  ['k8s_node_name', 'k8s.node.name'],
  ['cluster', 'k8s.cluster.name'],
  ['k8s_cluster_name', 'k8s.cluster.name'],
  ['k8s_deployment_name', 'k8s.deployment.name'],
  ['container_name', 'container.name'],
  ['container_id', 'container.id'],
  ['cloud_region', 'cloud.region'],
  ['cloud_availability_zone', 'cloud.availability_zone'],
  ['cloud_platform', 'cloud.platform'],
]);

/** OpenTelemetry's name for a name that says where a line comes from; undefined for any other. Names that are OpenTelemetry's already are kept. */
export function resourceNameOf(name: string): string | undefined {
  return (
    resourceNames.get(name) ?? (/^(?:service|host|k8s|container|cloud|deployment)\./.test(name) ? name : undefined)
  );
}

/** Names under which a service's name is found, the surest first. */
export const serviceNames: readonly string[] = [
  'service_name',
  'service.name',
  'service',
  'app',
  'application',
  'app_name',
  'app_kubernetes_io_name',
  'job',
  'container',
  'container_name',
];
