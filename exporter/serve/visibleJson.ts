/** Of what may stand in JSON as it is: DEL, C1 controls, what turns or hides text, line separators. */
const unseen = /[\u{7F}-\u{9F}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * JSON of the same value that a terminal shows as it is. JSON itself only escapes characters below U+0020:
 * what a process or a target calls itself may hold others that a terminal obeys (U+009B is as good as ESC [)
 * or that turn what the reader sees around (U+202E).
 */
export function visibleJson(json: string): string {
  return json.replaceAll(unseen, (character) => character.split('').map(escaped).join(''));
}

/** Of one UTF-16 unit, as JSON writes it (RFC 8259, section 7). */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
