import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../fixtures/machine-v1', import.meta.url));

/** Settings of an exporter that reads a folder of files: quick, and the same on every machine. */
export const fixtureMachine = {
  PROCFS_PATH: `${folder}/proc`,
  SYSFS_PATH: `${folder}/sys`,
  DOCKER_HOST: `unix://${folder}/no-docker.sock`,
  NODE_NAME: 'fixture',
} as const;
