import { render } from '/lib/lit-html/lit-html.js';
import { api } from '/api.js';
import { Line } from '/live.js';
import { mostUrgent, onChange, set, state } from '/state.js';
import { page } from '/views/page.js';
import { PAGE } from '/views/speakers.js';
import { signInPage } from '/views/sign-in.js';
import { t, tellLanguage } from '/words.js';

const TEST_LOOK_MS = 1000;
const REACH_MS = 60000;
const CHANNELS_MS = 5000; // a modem that was pulled out shows within ten seconds

const root = document.getElementById('app');
let line = null;
let asking = null; // id of the coverage that is being fetched
let askAgain = false;
let refreshing = 0;
let reachAt = -REACH_MS;

root.replaceChildren();
const draw = () => render(state.me ? page(actions) : signInPage(actions), root);

const start = (me) => {
  if (state.view === 'speakers') lookAtSpeakers();
  set({ me, line: 'connecting', warnings: null, selected: null, coverage: null });
  line?.close();
  line = new Line({
    snapshot: (data) => {
      lived(data);
      const still = data.warnings.some((w) => w.id === state.selected);
      set({ warnings: data.warnings });
      select(still ? state.selected : mostUrgent(data.warnings)?.id ?? null);
      refresh();
    },
    change: (data) => {
      set({ heardAt: data.at, offset: Date.parse(data.at) - Date.now() });
      data.warnings.forEach(apply);
      refresh();
    },
    words: () => refresh(),
    'self-test': (data) => {
      set({ selfTest: data });
      if (state.view === 'speakers') lookAtSpeakers();
    },
    beat: (data) => {
      lived(data);
      refresh();
    },
    heard: () => set({ line: 'live' }),
    lost: () => set({ line: 'lost' }),
    gone: () => leave(),
  });
};

const lived = (data) =>
  set({ heardAt: data.at, active: data.active, offset: Date.parse(data.at) - Date.now() });

const apply = ({ warning, byArea, points }) => {
  const known = (state.warnings ?? []).some((w) => w.id === warning.id);
  const warnings = known
    ? state.warnings.map((w) => (w.id === warning.id ? warning : w))
    : [warning, ...(state.warnings ?? [])];
  set({ warnings });
  if (!state.selected) {
    select(warning.id);
  } else if (warning.id === state.selected) {
    if (asking === warning.id) askAgain = true;
    if (state.coverage?.id === warning.id) {
      const merged = new Map(state.coverage.points);
      points.forEach((p) => merged.set(p.id, p));
      set({ coverage: { id: warning.id, points: merged, byArea } });
    }
  }
};

const select = (id) => {
  const other = id !== state.selected;
  set({ selected: id, coverageError: '', ...(other ? { coverage: null, village: '' } : {}) });
  if (id) fetchCoverage(id);
};

const fetchCoverage = async (id) => {
  asking = id;
  askAgain = false;
  try {
    const c = await api.coverage(id);
    if (state.selected !== id) return;
    set({
      coverage: { id, byArea: c.byArea, points: new Map(c.points.map((p) => [p.id, p])) },
      coverageError: '',
    });
  } catch (e) {
    if (refused(e) && state.selected === id) set({ coverageError: e.message });
  } finally {
    if (asking === id) asking = null;
  }
  if (askAgain && state.selected === id) fetchCoverage(id);
};

/** Duty tasks, channels and the inbox, at most once in two seconds. */
const refresh = () => {
  if (refreshing) return;
  refreshing = setTimeout(async () => {
    refreshing = 0;
    try {
      const [duty, channels, inbox] = await Promise.all([api.dutyTasks(), api.channels(), api.inbox()]);
      set({ duty, channels, inbox });
      if (channels.some((c) => c.name === 'loudspeaker')) set({ notices: await api.notices() });
      await lookAtReach();
    } catch (e) {
      refused(e);
    }
  }, state.duty ? 2000 : 0);
};

/** Who has a WeChat account: rarely changes, and the gateway goes through its whole registry for it. */
const lookAtReach = async () => {
  const wechat = state.channels.some((c) => c.name === 'wechat' || c.name === 'wecom');
  if (!wechat || performance.now() - reachAt < REACH_MS) return;
  reachAt = performance.now();
  set({ reach: await api.reach() });
};

/** True when the page goes on; a session that is over leads back to the sign-in. */
const refused = (e) => {
  if (e.status === 401) {
    leave();
    return false;
  }
  return true;
};

const leave = () => {
  line?.close();
  line = null;
  reachAt = -REACH_MS;
  set({ me: null, warnings: null, selected: null, coverage: null, duty: null, channels: null, reach: null, inbox: null, notices: null, selfTest: null, dialog: null });
  set({ speakers: { ...state.speakers, list: null, gaps: null, report: null, error: '' } });
};

/** Loudspeakers as they are now; only while somebody looks at them. */
let lookedAt = 0;
const lookAtSpeakers = async () => {
  const mine = ++lookedAt;
  const asked = state.speakers;
  try {
    const [list, gaps, report] = await Promise.all([
      api.speakers(asked, PAGE),
      api.speakerGaps(asked.gapPage, PAGE),
      api.selfTest().catch((e) => {
        if (e.status === 404) return null;
        throw e;
      }),
    ]);
    if (mine === lookedAt) set({ speakers: { ...state.speakers, list, gaps, report, error: '' } });
  } catch (e) {
    if (refused(e) && mine === lookedAt) set({ speakers: { ...state.speakers, error: said(e) } });
  }
};

/** Once what was asked for is drawn. */
const scrollTo = (what) =>
  requestAnimationFrame(() => document.querySelector(what)?.scrollIntoView({ block: 'start' }));

const said = (e) => {
  if (e.status === 403) return t().notAllowed;
  if (e.status === 503) return t().storeAway;
  if (e.status === 0) return t().unreachable;
  return t().failed(e.message);
};

const actions = {
  select,
  async signIn(name, password) {
    set({ signIn: { busy: true, error: '' } });
    try {
      start(await api.signIn(name, password));
      set({ signIn: { busy: false, error: '' } });
    } catch (e) {
      const error =
        e.status === 401 || e.status === 400
          ? t().wrongPassword
          : e.status === 429
            ? t().tooMany(e.retryAfter)
            : said(e);
      set({ signIn: { busy: false, error } });
    }
  },
  async signOut() {
    try {
      await api.signOut();
    } finally {
      leave();
    }
  },
  open(dialog) {
    set({ dialog: { ...dialog, busy: false, error: '' } });
  },
  close() {
    set({ dialog: null });
  },
  /** Does what a dialog asks for; it stays open, with the reason, when that fails. */
  async submit(work) {
    set({ dialog: { ...state.dialog, busy: true, error: '' } });
    try {
      await work();
      set({ dialog: null });
      toast(t().done);
      refresh();
    } catch (e) {
      if (refused(e)) set({ dialog: { ...state.dialog, busy: false, error: said(e) } });
    }
  },
  /** What went out for a point, as it is now. */
  async deliveries(warning, point) {
    set({ dialog: { kind: 'deliveries', warning, point, rows: null, busy: false, error: '' } });
    const mine = state.dialog;
    try {
      const rows = await api.deliveries(warning.id, point.id);
      if (state.dialog === mine) set({ dialog: { ...mine, rows } });
    } catch (e) {
      if (refused(e) && state.dialog === mine) set({ dialog: { ...mine, error: said(e) } });
    }
  },
  /** Sends a test message and looks, while its dialog is open, what becomes of it. */
  async test(channel, phone, text) {
    set({ dialog: { ...state.dialog, busy: true, error: '', test: null } });
    const open = () => state.dialog?.kind === 'test' && state.dialog.channel === channel;
    try {
      let test = await api.test(channel, phone, text);
      while (open()) {
        set({ dialog: { ...state.dialog, busy: false, error: '', test } });
        if (test.state !== 'QUEUED' && test.state !== 'SENT') return;
        await new Promise((again) => setTimeout(again, TEST_LOOK_MS));
        if (open()) test = await api.lookAtTest(channel, test.id);
      }
    } catch (e) {
      if (refused(e) && open()) set({ dialog: { ...state.dialog, busy: false, error: said(e) } });
    }
  },
  async seen(words) {
    try {
      await api.seen(words.number);
      set({ inbox: await api.inbox() });
    } catch (e) {
      if (refused(e)) toast(said(e));
    }
  },
  async stopNotice(notice) {
    try {
      await api.stopNotice(notice.id);
      set({ notices: await api.notices() });
    } catch (e) {
      if (refused(e)) toast(said(e));
    }
  },
  /** Between warnings and loudspeakers. */
  show(view) {
    history.replaceState(null, '', view === 'speakers' ? '#speakers' : '#');
    set({ view });
    return view === 'speakers' ? lookAtSpeakers() : undefined;
  },
  /** What the day's self-test found, device by device; who looks at it needs no line that says it is over. */
  async lookAtSelfTest() {
    set({ selfTest: null });
    await actions.show('speakers');
    scrollTo('.self-test');
  },
  /** What people wrote, wherever one is. */
  lookAtInbox() {
    actions.show('desk');
    scrollTo('#inbox');
  },
  /** Another page, another state: what was chosen is kept, what is shown follows. */
  speakers(choice) {
    set({ speakers: { ...state.speakers, ...choice } });
    lookAtSpeakers();
  },
  findSpeakers(q) {
    set({ speakers: { ...state.speakers, q, page: 1 } });
    clearTimeout(finding);
    finding = setTimeout(lookAtSpeakers, 300);
  },
  async testSpeaker(speaker) {
    try {
      await api.testSpeaker(speaker.id);
      toast(t().speakers.testing(speaker.name || speaker.id));
      lookAtSpeakers();
    } catch (e) {
      if (refused(e)) toast(said(e));
    }
  },
  async take(task) {
    try {
      await api.take(task.id);
      set({ duty: await api.dutyTasks() });
    } catch (e) {
      if (refused(e)) toast(said(e));
    }
  },
};

let finding;
let toastTimer;
const toast = (text) => {
  set({ toast: text });
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => set({ toast: '' }), 5000);
};

onChange(draw);
tellLanguage();
setInterval(() => state.me && set({}), 1000); // how long each point has waited
setInterval(async () => {
  if (!state.me || state.line !== 'live' || document.hidden) return;
  try {
    set({ channels: await api.channels() });
    await lookAtReach();
    if (state.view === 'speakers') await lookAtSpeakers();
  } catch (e) {
    refused(e);
  }
}, CHANNELS_MS);
api
  .me()
  .then(start)
  .catch((e) => set({ signIn: { busy: false, error: e.status === 401 ? '' : said(e) } }))
  .finally(() => set({ booted: true }));
