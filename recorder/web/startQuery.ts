/** What the form to start a run says, as the API takes it. @throws RangeError with a sentence. */
export function startQuery(field: (name: string) => string): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['interval', 'for']) {
    const value = field(name).trim();
    if (value !== '') query.set(name, value);
  }
  for (const label of field('labels').split(',')) {
    const text = label.trim();
    if (text === '') continue;
    const [key = '', ...value] = text.split('=');
    if (key === '' || value.length === 0)
      throw new RangeError(`"${text}" is no label: write KEY=VALUE, with commas between labels.`);
    query.set(`label.${key.trim()}`, value.join('=').trim());
  }
  return query;
}
