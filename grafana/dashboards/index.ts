import type { DashboardModel } from './dashboard.ts';
import { clusterDashboard } from './cluster.ts';
import { containerDashboard } from './container.ts';
import { nodeDashboard } from './node.ts';
import { processDashboard } from './process.ts';
import { recordingDashboard } from './recording.ts';

/** Every dashboard, by the name of its file without `.json`. */
export const dashboards: Readonly<Record<string, DashboardModel>> = {
  cluster: clusterDashboard,
  node: nodeDashboard,
  container: containerDashboard,
  process: processDashboard,
  recording: recordingDashboard,
};
