/** Attributes by name; false and undefined: there is none. Handlers are set as properties. */
export interface Props {
  readonly onclick?: (event: MouseEvent) => void;
  readonly onsubmit?: (event: SubmitEvent) => void;
  readonly onchange?: (event: Event) => void;
  readonly [attribute: string]: unknown;
}

export type Child = Node | string | number | undefined | false;

/** Makes an element. Texts become text, whatever they say. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') Object.assign(element, { [name]: value });
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string' || typeof value === 'number')
      element.setAttribute(name, String(value));
  }
  for (const child of children) {
    if (child !== undefined && child !== false)
      element.append(typeof child === 'number' ? String(child) : child);
  }
  return element;
}

const handlers = ['onclick', 'onsubmit', 'onchange'] as const;

/**
 * Makes what is shown like what is to be shown, and leaves all alone that is so already: the focus, the
 * selection and what was typed stay. Children are told apart by `data-key`, else by their place. What is in
 * an element with `data-own` belongs to somebody else.
 */
export function become(shown: Element, wanted: Element): void {
  // Not `attributes`, which is live.
  for (const name of shown.getAttributeNames()) {
    // A person opens and closes these.
    if (!wanted.hasAttribute(name) && name !== 'open') shown.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
  if (shown instanceof HTMLElement && wanted instanceof HTMLElement) {
    for (const name of handlers)
      if (shown[name] !== wanted[name]) Object.assign(shown, { [name]: wanted[name] });
  }
  if (!shown.hasAttribute('data-own')) becomeChildren(shown, wanted);
}

function becomeChildren(shown: Element, wanted: Element): void {
  // Of these some go over to what is shown.
  const children = [...wanted.childNodes];
  for (const [place, child] of children.entries()) {
    const there = shown.childNodes[place];
    const like = isLike(there, child) ? there : keyed(shown, child);
    if (like !== there || like === undefined) shown.insertBefore(like ?? child, there ?? null);
    if (like instanceof Element && child instanceof Element) become(like, child);
    else if (like !== undefined && like.nodeValue !== child.nodeValue) like.nodeValue = child.nodeValue;
  }
  while (shown.childNodes.length > children.length) shown.lastChild?.remove();
}

function keyOf(node: Node | undefined): string | null {
  return node instanceof Element ? node.getAttribute('data-key') : null;
}

function isLike(shown: ChildNode | undefined, wanted: ChildNode): shown is ChildNode {
  return shown?.nodeName === wanted.nodeName && keyOf(shown) === keyOf(wanted);
}

function keyed(shown: Element, wanted: ChildNode): ChildNode | undefined {
  const key = keyOf(wanted);
  return key === null ? undefined : [...shown.children].find((child) => isLike(child, wanted));
}
