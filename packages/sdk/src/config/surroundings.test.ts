import { expect, test } from 'vitest';
import { surroundings } from './surroundings.js';

const known = (attributes: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter((each): each is [string, string] => each[1] !== undefined));
const of = (environment: Record<string, string>, files: Record<string, string> = {}): Record<string, string> =>
  known(surroundings(environment, path => files[path]));

const id = 'a1'.repeat(32);

test('on an ordinary machine there is nothing to say', () => {
  expect(of({}, { '/proc/self/cgroup': '0::/user.slice\n' })).toEqual({});
});

test.each([
  ['Docker, version 1', { '/proc/self/cgroup': `4:memory:/docker/${id}\n0::/\n` }],
  ['systemd', { '/proc/self/cgroup': `0::/system.slice/docker-${id}.scope\n` }],
  [
    'version 2',
    {
      '/proc/self/cgroup': '0::/\n',
      '/proc/self/mountinfo': `700 600 254:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/vda1 rw\n`,
    },
  ],
])('[A8] the id of the container: %s', (_name, files) => {
  expect(of({}, files)).toEqual({ 'container.id': id });
});

test('[A8] Kubernetes: pod, namespace and deployment without the downward API, the rest with it', () => {
  const files = { '/var/run/secrets/kubernetes.io/serviceaccount/namespace': 'shop\n' };
  expect(of({ KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: 'checkout-7d4b9c6f5-x2x4z' }, files)).toEqual({
    'k8s.pod.name': 'checkout-7d4b9c6f5-x2x4z',
    'k8s.namespace.name': 'shop',
    'k8s.deployment.name': 'checkout',
  });
  expect(of({ KUBERNETES_SERVICE_HOST: '10.0.0.1', POD_NAME: 'db-0', NODE_NAME: 'n1' }, {})).toEqual({
    'k8s.pod.name': 'db-0',
    'k8s.node.name': 'n1',
  });
});

test.each([
  [
    { AWS_LAMBDA_FUNCTION_NAME: 'resize', AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_VERSION: '7' },
    { 'cloud.platform': 'aws_lambda', 'cloud.region': 'eu-west-1', 'faas.name': 'resize', 'faas.version': '7' },
  ],
  [
    { K_SERVICE: 'api', K_REVISION: 'api-00004' },
    { 'cloud.platform': 'gcp_cloud_run', 'faas.name': 'api' },
  ],
  [
    { WEBSITE_SITE_NAME: 'web', REGION_NAME: 'West Europe' },
    { 'cloud.platform': 'azure.app_service', 'cloud.region': 'West Europe' },
  ],
  [
    { FLY_APP_NAME: 'a', FLY_REGION: 'fra' },
    { 'cloud.provider': 'fly_io', 'cloud.region': 'fra' },
  ],
])('[A8] a cloud tells of itself in the environment: %j', (environment, attributes) => {
  expect(of(environment)).toMatchObject(attributes);
});

test('[A8] a virtual machine is known by its maker, and a cluster on it by its environment', () => {
  const files = { '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n', '/sys/class/dmi/id/board_asset_tag': 'i-0abc\n' };
  expect(of({}, files)).toEqual({ 'cloud.provider': 'aws', 'cloud.platform': 'aws_ec2', 'host.id': 'i-0abc' });
  expect(of({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, files)['cloud.platform']).toBe('aws_eks');
});
