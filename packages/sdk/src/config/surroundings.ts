import { fs } from '../core/node-modules.js';

type Environment = Readonly<Record<string, string | undefined>>;
type Read = (path: string) => string | undefined;
type Attributes = Record<string, string | undefined>;

/**
 * Where the process runs: container, Kubernetes, cloud. From the environment and files alone, since asking a cloud's metadata service takes a request, at start, which
 * hangs where there is none. What cannot be found this way can be given with `OTEL_RESOURCE_ATTRIBUTES`.
 */
export function surroundings(environment: Environment, read: Read = readSmall): Attributes {
  return { 'container.id': containerId(read), ...kubernetes(environment, read), ...cloud(environment, read) };
}

const maxChars = 100_000;

function readSmall(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8').slice(0, maxChars);
  } catch {
    return undefined;
  }
}

/** Version 1 names the container in the path of its control group; version 2 only in the mounts of its own `hostname` and `resolv.conf`. */
function containerId(read: Read): string | undefined {
  const group = /[/-]([\da-f]{64})(?:\.scope)?$/m.exec(read('/proc/self/cgroup') ?? '')?.[1];
  if (group !== undefined) return group;
  const mounts = read('/proc/self/mountinfo') ?? '';
  return /\/(?:containers|overlay-containers|sandboxes)\/([\da-f]{64})\/\S{0,200}(?:hostname|resolv\.conf|hosts)/.exec(
    mounts,
  )?.[1];
}

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Pods know their name as host name; the rest comes by the downward API, under the names that people use for it. */
function kubernetes(environment: Environment, read: Read): Attributes {
  if (environment['KUBERNETES_SERVICE_HOST'] === undefined) return {};
  const first = (...names: readonly string[]): string | undefined =>
    names.map(name => environment[name]).find(value => value !== undefined && value !== '');
  const pod = first('K8S_POD_NAME', 'POD_NAME', 'KUBERNETES_POD_NAME', 'HOSTNAME');
  return {
    'k8s.pod.name': pod,
    'k8s.pod.uid': first('K8S_POD_UID', 'POD_UID'),
    'k8s.namespace.name': first('K8S_NAMESPACE', 'K8S_NAMESPACE_NAME', 'POD_NAMESPACE') ?? read(namespaceFile)?.trim(),
    'k8s.node.name': first('K8S_NODE_NAME', 'NODE_NAME'),
    'k8s.container.name': first('K8S_CONTAINER_NAME', 'CONTAINER_NAME'),
    'k8s.deployment.name': first('K8S_DEPLOYMENT_NAME') ?? deploymentOf(pod),
    'k8s.cluster.name': first('K8S_CLUSTER_NAME', 'CLUSTER_NAME'),
  };
}

/** `checkout` of `checkout-7d4b9c6f5-x2x4z`: the characters that Kubernetes makes up these endings of have no vowels. */
function deploymentOf(pod: string | undefined): string | undefined {
  return /^([a-z\d][a-z\d.-]{0,200}?)-[bcdf-hj-np-tv-z\d]{6,10}-[bcdf-hj-np-tv-z\d]{5}$/.exec(pod ?? '')?.[1];
}

/** A platform that tells of itself in the environment. One row each; `from` names the variables that its attributes come from. */
interface Platform {
  readonly when: string;
  readonly provider: string;
  readonly platform: string;
  readonly from: Readonly<Record<string, string>>;
}

/** In this order: what runs on another's platform tells of itself too. */
const platforms: readonly Platform[] = [
  {
    when: 'AWS_LAMBDA_FUNCTION_NAME',
    provider: 'aws',
    platform: 'aws_lambda',
    from: {
      'cloud.region': 'AWS_REGION',
      'faas.name': 'AWS_LAMBDA_FUNCTION_NAME',
      'faas.version': 'AWS_LAMBDA_FUNCTION_VERSION',
      'faas.instance': 'AWS_LAMBDA_LOG_STREAM_NAME',
    },
  },
  {
    when: 'ECS_CONTAINER_METADATA_URI_V4',
    provider: 'aws',
    platform: 'aws_ecs',
    from: { 'cloud.region': 'AWS_REGION' },
  },
  {
    when: 'AWS_APP_RUNNER_SERVICE_ID',
    provider: 'aws',
    platform: 'aws_app_runner',
    from: { 'cloud.region': 'AWS_REGION' },
  },
  {
    when: 'K_SERVICE',
    provider: 'gcp',
    platform: 'gcp_cloud_run',
    from: {
      'cloud.account.id': 'GOOGLE_CLOUD_PROJECT',
      'cloud.region': 'GOOGLE_CLOUD_REGION',
      'faas.name': 'K_SERVICE',
      'faas.version': 'K_REVISION',
    },
  },
  {
    when: 'GAE_SERVICE',
    provider: 'gcp',
    platform: 'gcp_app_engine',
    from: {
      'cloud.account.id': 'GOOGLE_CLOUD_PROJECT',
      'faas.name': 'GAE_SERVICE',
      'faas.version': 'GAE_VERSION',
      'faas.instance': 'GAE_INSTANCE',
    },
  },
  {
    when: 'CONTAINER_APP_NAME',
    provider: 'azure',
    platform: 'azure.container_apps',
    from: {
      'faas.name': 'CONTAINER_APP_NAME',
      'faas.version': 'CONTAINER_APP_REVISION',
      'faas.instance': 'CONTAINER_APP_REPLICA_NAME',
    },
  },
  {
    when: 'FUNCTIONS_WORKER_RUNTIME',
    provider: 'azure',
    platform: 'azure.functions',
    from: { 'cloud.region': 'REGION_NAME', 'faas.name': 'WEBSITE_SITE_NAME', 'faas.instance': 'WEBSITE_INSTANCE_ID' },
  },
  {
    when: 'WEBSITE_SITE_NAME',
    provider: 'azure',
    platform: 'azure.app_service',
    from: { 'cloud.region': 'REGION_NAME', 'host.id': 'WEBSITE_INSTANCE_ID' },
  },
  {
    when: 'DYNO',
    provider: 'heroku',
    platform: 'heroku',
    from: {
      'heroku.app.id': 'HEROKU_APP_ID',
      'heroku.release.commit': 'HEROKU_SLUG_COMMIT',
      'service.instance.name': 'DYNO',
    },
  },
  {
    when: 'FLY_APP_NAME',
    provider: 'fly_io',
    platform: 'fly_io',
    from: { 'cloud.region': 'FLY_REGION', 'host.id': 'FLY_MACHINE_ID' },
  },
  { when: 'RENDER', provider: 'render', platform: 'render', from: { 'host.id': 'RENDER_INSTANCE_ID' } },
  {
    when: 'RAILWAY_PROJECT_ID',
    provider: 'railway',
    platform: 'railway',
    from: { 'cloud.region': 'RAILWAY_REPLICA_REGION' },
  },
  { when: 'VERCEL', provider: 'vercel', platform: 'vercel', from: { 'cloud.region': 'VERCEL_REGION' } },
];

function cloud(environment: Environment, read: Read): Attributes {
  const found = platforms.find(({ when }) => (environment[when] ?? '') !== '');
  if (found === undefined) return machine(environment, read);
  const named = Object.entries(found.from).map(([attribute, variable]) => [attribute, environment[variable]] as const);
  return { 'cloud.provider': found.provider, 'cloud.platform': found.platform, ...Object.fromEntries(named) };
}

const dmi = '/sys/class/dmi/id';

/** A virtual machine says who made it. */
function machine(environment: Environment, read: Read): Attributes {
  const says = (file: string): string => read(`${dmi}/${file}`)?.trim() ?? '';
  const vendor = says('sys_vendor');
  const inKubernetes = environment['KUBERNETES_SERVICE_HOST'] !== undefined;
  const is = (provider: string, cluster: string, alone: string): Attributes => ({
    'cloud.provider': provider,
    'cloud.platform': inKubernetes ? cluster : alone,
  });
  if (vendor === 'Amazon EC2') {
    const instance = says('board_asset_tag');
    const region = environment['AWS_REGION'];
    return {
      ...is('aws', 'aws_eks', 'aws_ec2'),
      'cloud.region': region,
      ...(instance.startsWith('i-') ? { 'host.id': instance } : {}),
    };
  }
  if (says('product_name') === 'Google Compute Engine') return is('gcp', 'gcp_kubernetes_engine', 'gcp_compute_engine');
  // The same tag on every machine there: https://learn.microsoft.com/azure/virtual-machines/linux/
  if (vendor === 'Microsoft Corporation' && says('chassis_asset_tag') === '7783-7084-3265-9085-8269-3286-77')
    return is('azure', 'azure.aks', 'azure.vm');
  if (vendor === 'Alibaba Cloud') return is('alibaba_cloud', 'alibaba_cloud_ack', 'alibaba_cloud_ecs');
  if (vendor === 'DigitalOcean') return { 'cloud.provider': 'digitalocean', 'cloud.region': undefined };
  if (vendor === 'Hetzner') return { 'cloud.provider': 'hetzner' };
  return {};
}
