import { expect, test } from 'vitest';
import { parseContainerPath } from '../../../exporter/source/containerPath.ts';

const id = '4db7eb6ab1f1ef2e856fa307d978efefaceba483e91f689e542975f4434fd9c8';
const uid = '0c7d1f4e-52a6-4b83-9e1f-7d3b60a8c215';
const slice = `kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`;
const configHash = '5b1e1f8fb3c5a1d3c2e4f60718293a4b';

test.each([
  ['Docker, cgroupfs', `/docker/${id}`, 'docker', ''],
  ['Docker, systemd', `/system.slice/docker-${id}.scope`, 'docker', ''],
  ['Docker in Docker', `/docker/${'0'.repeat(64)}/docker/${id}`, 'docker', ''],
  ['kubelet, cgroupfs, burstable', `/kubepods/burstable/pod${uid}/${id}`, '', uid],
  ['kubelet, cgroupfs, guaranteed', `/kubepods/pod${uid}/${id}`, '', uid],
  ['a static pod', `/kubepods/besteffort/pod${configHash}/${id}`, '', configHash],
  [
    'containerd',
    `/kubepods.slice/kubepods-burstable.slice/${slice}/cri-containerd-${id}.scope`,
    'containerd',
    uid,
  ],
  ['CRI-O', `/kubepods.slice/kubepods-burstable.slice/${slice}/crio-${id}.scope`, 'cri-o', uid],
  ['CRI-O, cgroupfs', `/kubepods/burstable/pod${uid}/crio-${id}`, 'cri-o', uid],
  [
    'kind',
    `/kubelet.slice/kubelet-kubepods.slice/kubelet-${slice}/cri-containerd-${id}.scope`,
    'containerd',
    uid,
  ],
  ['Podman', `/machine.slice/libpod-${id}.scope`, 'podman', ''],
  ['Podman, cgroupfs', `/libpod_parent/libpod-${id}`, 'podman', ''],
  ['containerd by itself', `/default/${id}`, 'containerd', ''],
])('%s is a container', (_, path, runtime, podUid) => {
  expect(parseContainerPath(path)).toEqual({ id, runtime, podUid });
});

test.each([
  '/',
  '/docker',
  '/system.slice/ssh.service',
  `/kubepods/burstable/pod${uid}`,
  `/kubepods/burstable/pod${uid}/crio-conmon-${id}`,
  `/machine.slice/libpod-conmon-${id}.scope`,
  `/docker/${id}/init`,
  `/docker/${id.slice(1)}`,
  `/docker/${id.toUpperCase()}`,
  `/system.slice/docker-${id}.mount`,
])('%s is none', (path) => {
  expect(parseContainerPath(path)).toBeUndefined();
});
