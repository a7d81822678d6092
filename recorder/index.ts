/** What the package exports: a client of the recorder, the types of its answers and of run.json, and what verifies a folder. */
export type * from './api.ts';
export { RecorderClient, type RecorderClientOptions, type StartOptions } from './cli/client.ts';
export type { FetchedRun } from './cli/fetchRun.ts';
export { RecorderError } from './cli/recorderError.ts';
export type { Finding } from './verify/finding.ts';
export type { Verification } from './verify/verification.ts';
export { verifyFolder, type VerifyOptions } from './verify/verifyFolder.ts';
