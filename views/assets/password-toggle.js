// Adds a button to each password field that shows what was typed. Without scripts there is no such button.
for (const input of document.querySelectorAll('input[data-show]')) {
  const { show, hide, showLabel, hideLabel } = input.dataset;
  const button = document.createElement('button');
  const wrapper = document.createElement('div');
  const reveal = (visible) => {
    input.type = visible ? 'text' : 'password';
    button.textContent = visible ? hide : show;
    button.setAttribute('aria-label', visible ? hideLabel : showLabel);
  };
  button.type = 'button';
  button.className = 'reveal';
  button.setAttribute('aria-controls', input.id);
  button.addEventListener('click', () => reveal(input.type === 'password'));
  // Browsers remember what stood in a text field, so it is a password field again when it is sent.
  input.form.addEventListener('submit', () => reveal(false));
  const focused = document.activeElement === input;
  wrapper.className = 'reveals';
  input.replaceWith(wrapper);
  wrapper.append(input, button);
  if (focused) input.focus();
  reveal(false);
}
