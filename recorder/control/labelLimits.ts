/** What the labels of a run may be: they are in run.json, which every reader of the run reads whole. */
export const maxLabels = 100;
export const maxLabelKey = 100;
export const maxLabelText = 1000;
