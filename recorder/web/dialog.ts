import { h } from './dom.ts';

/** Asks before what cannot be taken back. */
export async function confirmed(question: string, detail: string, act: string): Promise<boolean> {
  const answer = await ask(question, [h('p', {}, detail)], act, true);
  return answer !== undefined;
}

/** Asks for the token of the recorder. Undefined: it is not given. */
export async function askToken(why: string): Promise<string | undefined> {
  const input = h('input', {
    id: 'token',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
    pattern: '[ -~]+',
    title: 'A token is of printable ASCII.',
    'aria-describedby': 'token-why',
  });
  const answer = await ask(
    'Token of the recorder',
    [
      h('p', { id: 'token-why' }, why),
      h('label', { for: 'token' }, 'Token'),
      input,
      h('p', { class: 'hint' }, 'It is kept until this tab is closed.'),
    ],
    'Use token',
    false,
  );
  return answer === undefined ? undefined : input.value;
}

/** Undefined: it was cancelled. */
function ask(
  title: string,
  content: readonly HTMLElement[],
  act: string,
  isDangerous: boolean,
): Promise<true | undefined> {
  return new Promise((resolve) => {
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'dialog-title' },
      h(
        'form',
        {
          method: 'dialog',
          onsubmit: (event) => {
            event.preventDefault();
            dialog.close('yes');
          },
        },
        h('h2', { id: 'dialog-title' }, title),
        ...content,
        h(
          'div',
          { class: 'buttons' },
          h(
            'button',
            {
              type: 'button',
              onclick: () => {
                dialog.close();
              },
            },
            'Cancel',
          ),
          h('button', { type: 'submit', class: isDangerous ? 'danger' : 'primary' }, act),
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes' ? true : undefined);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
