import { html, nothing } from '/lib/lit-html/lit-html.js';
import { set, state } from '/state.js';
import { switchLanguage, t } from '/words.js';

export const signInPage = (actions) => {
  const w = t();
  if (!state.booted) return html`<p class="boot">LastMile ${w.title}</p>`;
  const submit = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    actions.signIn(form.get('name').trim(), form.get('password'));
  };
  const { busy, error } = state.signIn;
  return html`
    <main class="sign-in">
      <form class="card" @submit=${submit}>
        <img src="/icon.svg" alt="" width="44" height="44" />
        <h1>LastMile <span>${w.title}</span></h1>
        <label>${w.name}<input name="name" autocomplete="username" required autofocus maxlength="64" /></label>
        <label>
          ${w.password}
          <input name="password" type="password" autocomplete="current-password" required maxlength="200" />
        </label>
        ${error ? html`<p class="error" role="alert">${error}</p>` : nothing}
        <button class="primary" ?disabled=${busy}>${w.signIn}</button>
        <button type="button" class="quiet" lang=${w.otherLanguage === 'English' ? 'en' : 'zh-CN'}
          @click=${() => { switchLanguage(); set({}); }}>${w.otherLanguage}</button>
      </form>
    </main>
  `;
};
