import { html, nothing } from '/lib/lit-html/lit-html.js';
import { selectedWarning, set, state } from '/state.js';
import { clock, switchLanguage, t } from '/words.js';
import { channels } from '/views/channels.js';
import { dialog } from '/views/dialog.js';
import { duty } from '/views/duty.js';
import { alarmBanner, inbox } from '/views/inbox.js';
import { notices } from '/views/notices.js';
import { points, villages } from '/views/points.js';
import { selfTestLine, speakersPage } from '/views/speakers.js';
import { warningHead } from '/views/warning.js';
import { warningList } from '/views/warnings.js';

export const page = (actions) => {
  const warning = selectedWarning();
  const lost = state.line === 'lost';
  return html`
    ${top(actions)} ${lost ? staleBanner() : nothing}
    ${!lost && !state.active ? html`<p class="banner banner-standby" role="alert">${t().standby}</p>` : nothing}
    ${alarmBanner(actions)} ${selfTestLine(actions)}
    ${state.view === 'speakers'
      ? html`<main class="wide ${lost ? 'is-stale' : ''}">${speakersPage(actions)}</main>`
      : html`<div class="desk ${lost ? 'is-stale' : ''}">
      <nav class="column-list" aria-label=${t().warnings}>${warningList(actions)}</nav>
      <main class="column-main">
        ${warning
          ? html`${warningHead(warning, actions)} ${points(warning, actions)}`
          : html`<h1 class="unseen">${t().view.desk}</h1>
              <p class="empty">${state.warnings === null ? t().loading : t().choose}</p>`}
      </main>
      <aside class="column-side">
        ${duty(actions)} ${inbox(actions)} ${warning?.released ? villages() : nothing}
        ${notices(actions)} ${channels(warning, actions)}
      </aside>
    </div>`}
    ${dialog(actions)}
    <div class="toast" role="status" ?hidden=${!state.toast}>${state.toast}</div>
  `;
};

const top = (actions) => {
  const w = t();
  return html`
    <header class="top">
      <img src="/icon.svg" alt="" width="26" height="26" />
      <strong>LastMile</strong><span class="top-title">${w.title}</span>
      <span class="line line-${state.line}" role="status">
        ${state.line === 'live'
          ? html`${w.live} <time>${clock(state.heardAt)}</time>`
          : state.line === 'lost'
            ? w.reconnecting
            : w.connecting}
      </span>
      <nav class="views" aria-label=${w.views}>
        ${['desk', 'speakers'].map(
          (v) => html`<button aria-current=${state.view === v ? 'page' : nothing} @click=${() => actions.show(v)}>${w.view[v]}</button>`,
        )}
      </nav>
      <span class="top-space"></span>
      <span class="top-me"><b>${state.me.name}</b> ${w.role[state.me.role]}</span>
      <button class="quiet" lang=${w.otherLanguage === 'English' ? 'en' : 'zh-CN'}
        @click=${() => { switchLanguage(); set({}); }}>${w.otherLanguage}</button>
      <button class="quiet" @click=${actions.signOut}>${w.signOut}</button>
    </header>
  `;
};

const staleBanner = () => html`
  <p class="banner banner-stale" role="alert">
    <b>${t().stale(clock(state.heardAt))}</b> ${t().reconnecting}
  </p>
`;
