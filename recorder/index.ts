/** What the package exports: a client of the recorder, the types of its answers and of run.json, and what reads a folder. */
export type * from './api.ts';
export { RecorderClient, type RecorderClientOptions, type StartOptions } from './cli/client.ts';
export type { FetchedRun, FetchOptions, FetchProgress } from './cli/fetchRun.ts';
export { RecorderError } from './cli/recorderError.ts';
export { exportFolder, type ExportedRun, type ExportOptions } from './export/exportRun.ts';
export type { ExportFormat } from './export/format.ts';
export { type MergedRun, mergeFolder, type MergeOptions } from './merge/mergeFolder.ts';
export { summarizeFolder, type SummaryOptions } from './summary/summarizeRun.ts';
export type { Statistics, Usage, UsageScope, UsageSort, UsageSummary } from './summary/usage.ts';
export type { Finding } from './verify/finding.ts';
export type { Verification } from './verify/verification.ts';
export { verifyFolder, type VerifyOptions } from './verify/verifyFolder.ts';
