/** What a run can be exported as; see `kubemon export --help`. */
export const exportFormats = ['parquet', 'deltas', 'rates', 'original'] as const;

export type ExportFormat = (typeof exportFormats)[number];
