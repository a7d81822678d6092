import { expect, test } from 'vitest';
import { parseDockerName } from '../../../exporter/source/dockerName.ts';

test('a name that dockershim or cri-dockerd gave tells the pod', () => {
  const name = 'k8s_redis_cart-6b9f5c_shop_4c0114f2-9a3e-4c68-8f0b-5b1c7b6f7d10_3';
  const named = { namespace: 'shop', pod: 'cart-6b9f5c', container: 'redis', sandbox: false };
  expect(parseDockerName(name)).toEqual(named);
  expect(parseDockerName(`${name}_0badcafe`)).toEqual(named);
});

test('the container POD is the sandbox', () => {
  expect(parseDockerName('k8s_POD_kube-proxy-x2x_kube-system_9e3779b97f4a7c15f39cc0605cedc834_0')).toEqual({
    namespace: 'kube-system',
    pod: 'kube-proxy-x2x',
    container: 'POD',
    sandbox: true,
  });
});

test.each(['web', 'POD', 'k8s_web', 'k8s_a_b_c_d', 'k8s_a_b_c_d_e', 'my_k8s_a_b_c_d_0', 'k8s__b_c_d_0'])(
  '%s is a name of its own',
  (name) => {
    expect(parseDockerName(name)).toEqual({ namespace: '', pod: '', container: name, sandbox: false });
  },
);
