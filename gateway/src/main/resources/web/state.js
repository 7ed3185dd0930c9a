// What the page knows, and the only place that changes it. Views are functions of it.

export const state = {
  me: null,
  booted: false,
  signIn: { busy: false, error: '' },
  warnings: null, // null = not told yet; newest first
  showAll: false,
  selected: null,
  coverage: null, // { id, points: Map, byArea } of the selected warning
  coverageError: '',
  village: '', // area code and name of the village that is looked at alone
  duty: null,
  channels: null,
  reach: null, // who has a WeChat account, and points where somebody has none
  view: location.hash === '#speakers' ? 'speakers' : 'desk',
  speakers: { list: null, gaps: null, report: null, state: '', q: '', page: 1, gapPage: 1, error: '' },
  inbox: null, // { unseen, alarms, items }, newest first
  notices: null, // what departments say over the loudspeakers, newest first
  selfTest: null, // how the day's self-test of the loudspeakers ended, until somebody has taken note
  line: 'connecting', // connecting, live, lost
  heardAt: null, // server time of the last sign of life
  active: true,
  offset: 0, // server clock minus ours
  dialog: null, // { kind: confirm | deliveries | test | approve | reject | lift, … }
  toast: '',
};

const listeners = [];
let asked = false;

export const onChange = (listener) => listeners.push(listener);

/** Changes something; the views follow with the next frame. */
export const set = (changes) => {
  Object.assign(state, changes);
  if (!asked) {
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      listeners.forEach((l) => l());
    });
  }
};

/** The gateway's time now. */
export const now = () => Date.now() + state.offset;

export const may = (right) => Boolean(state.me?.rights.includes(right));

export const isOpen = (w) => ['HELD', 'AWAITING_APPROVAL', 'RELEASED'].includes(w.status);

const GRADES = ['RED', 'ORANGE', 'YELLOW', 'BLUE'];
const rank = (w) => (w.drill ? 10 : 0) + (GRADES.indexOf(w.grade) + 5) % 5;

/** What a person most likely has to look at: open before over, real before drill, worst first. */
export const mostUrgent = (warnings) =>
  warnings
    .filter(isOpen)
    .sort((a, b) => rank(a) - rank(b))
    .at(0) ?? warnings.at(0);

export const selectedWarning = () => state.warnings?.find((w) => w.id === state.selected) ?? null;
