import { isAlphanumeric, isDigit, isWordChar, redacted, runEnd, type Detector } from './detector.js';
import { exactly, type Trigger } from './trigger-scan.js';

const isTokenChar = (code: number): boolean => isWordChar(code) || code === 45;
const isUpperOrDigit = (code: number): boolean => isDigit(code) || (code >= 65 && code <= 90);
const isHex = (code: number): boolean => isDigit(code) || (code >= 97 && code <= 102);
const isWithDots = (code: number): boolean => isTokenChar(code) || code === 46 || code === 47;

/** How the keys of well-known services begin, and how many characters of which kind follow at least (and at most). */
const forms: readonly (readonly [prefix: string, belongs: (code: number) => boolean, least: number, most?: number])[] =
  [
    // Stripe: secret and restricted keys, webhook secrets. Publishable keys (pk_) are public.
    ['sk_live_', isAlphanumeric, 16],
    ['sk_test_', isAlphanumeric, 16],
    ['rk_live_', isAlphanumeric, 16],
    ['rk_test_', isAlphanumeric, 16],
    ['whsec_', isAlphanumeric, 16],
    // GitHub, GitLab, npm, Docker, PyPI.
    ['ghp_', isAlphanumeric, 30],
    ['gho_', isAlphanumeric, 30],
    ['ghu_', isAlphanumeric, 30],
    ['ghs_', isAlphanumeric, 30],
    ['ghr_', isAlphanumeric, 30],
    ['github_pat_', isWordChar, 22],
    ['glpat-', isTokenChar, 20],
    ['npm_', isAlphanumeric, 36],
    ['dckr_pat_', isTokenChar, 20],
    ['pypi-AgE', isTokenChar, 50],
    // Slack, Discord.
    ['xoxb-', isTokenChar, 10],
    ['xoxp-', isTokenChar, 10],
    ['xoxa-', isTokenChar, 10],
    ['xoxr-', isTokenChar, 10],
    ['xoxs-', isTokenChar, 10],
    ['xoxe-', isTokenChar, 10],
    ['xoxe.', isWithDots, 10],
    ['xapp-', isTokenChar, 10],
    ['hooks.slack.com/services/', isWithDots, 20],
    ['discord.com/api/webhooks/', isWithDots, 40],
    // Google.
    ['AIza', isTokenChar, 35, 35],
    ['ya29.', isTokenChar, 20],
    ['GOCSPX-', isTokenChar, 20],
    // Amazon: ids of keys. Their secrets are found beside them.
    ['AKIA', isUpperOrDigit, 16, 16],
    ['ASIA', isUpperOrDigit, 16, 16],
    // Others.
    ['sk-ant-', isTokenChar, 20],
    ['sk-proj-', isTokenChar, 20],
    ['sk-svcacct-', isTokenChar, 20],
    ['hf_', isAlphanumeric, 30],
    ['SG.', isWithDots, 40],
    ['shpat_', isHex, 32, 32],
    ['shpss_', isHex, 32, 32],
    ['dop_v1_', isHex, 64, 64],
    ['sntrys_', isWithDots, 30],
    ['sntryu_', isHex, 40],
    ['hvs.', isTokenChar, 24],
    ['lin_api_', isAlphanumeric, 30],
    ['NRAK-', isUpperOrDigit, 27, 27],
    ['sq0atp-', isTokenChar, 22],
    ['sq0csp-', isTokenChar, 40],
    ['rzp_live_', isAlphanumeric, 14],
    ['dapi', isHex, 32, 32],
    ['ATATT3', isTokenChar, 40],
    ['AGE-SECRET-KEY-1', isUpperOrDigit, 50],
  ];

const byEnding = new Map<string, (typeof forms)[number][]>();
for (const form of forms) {
  const [prefix] = form;
  const ending = prefix.slice(-1);
  byEnding.set(ending, [...(byEnding.get(ending) ?? []), form]);
}

/** Keys of well-known services, by how they begin. */
export const tokenPrefix: Detector = {
  name: 'service-key',
  triggers: forms.map(([prefix]): Trigger => exactly(prefix)),
  find(text, at) {
    for (const [prefix, belongs, least, most] of byEnding.get(text.charAt(at - 1)) ?? []) {
      const from = at - prefix.length;
      if (!text.startsWith(prefix, from) || isWordChar(text.charCodeAt(from - 1))) continue;
      const end = runEnd(text, at, belongs);
      const length = end - at;
      if (length < least || (most !== undefined && length > most)) continue;
      if (most !== undefined && isWordChar(text.charCodeAt(end))) continue;
      // `hf_` and `npm_` also begin names in code; those have no digit.
      if (least >= 30 && !/\d/.test(text.slice(at, at + 64))) continue;
      let to = end;
      while (to > at && /[./-]/.test(text.charAt(to - 1))) to--;
      return { from, to, put: redacted };
    }
    return undefined;
  },
};
