/** Milliseconds after which a recorder that was asked how it is, and has not answered, counts as away. */
export const patience = 5_000;
