/** What the package exports: a client of the recorder, the types of its answers and those of run.json. */
export type * from './api.ts';
export { RecorderClient, type RecorderClientOptions, type StartOptions } from './cli/client.ts';
export type { FetchedRun } from './cli/fetchRun.ts';
export { RecorderError } from './cli/recorderError.ts';
