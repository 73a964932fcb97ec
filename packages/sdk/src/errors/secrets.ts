/** A name under which nobody stores anything but a secret. Letters only, so that `API-Key`, `api_key` and `apiKey` are one. */
const secretName =
  /passw|pwd$|passphrase|secret|token(?!s|count|usage|limit|type)|apikey|authorization|cookie|credential|privatekey|signature|cvv|cvc|cardnumber|iban$|ssn$|sessionid|onetimecode|otp$/;

/** Whether what is called so must not leave the process. The receiver looks again, and harder. */
export function isSecretName(name: string): boolean {
  return secretName.test(
    name
      .slice(0, 200)
      .toLowerCase()
      .replaceAll(/[^a-z]/g, ''),
  );
}

/** Stands where a secret was. */
export const redacted = '[redacted]';

/** A text without the secrets that can be told by their shape: authorisations, JSON web tokens, passwords in URLs and assignments, payment cards. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/\b(Bearer|Basic|Digest)\s+[\w.~+/=-]{8,4000}/gi, `$1 ${redacted}`)
    .replaceAll(/\beyJ[\w-]{8,4000}\.[\w-]{8,8000}(?:\.[\w-]{0,4000})?/g, redacted)
    .replaceAll(/(\b[a-z][a-z+]{1,20}:\/\/)[^\s/:@]{0,200}:[^\s/@]{1,200}@/gi, '$1REDACTED@')
    .replaceAll(
      /\b([\w-]{0,40}(?:password|passwd|pwd|secret|token|api[_-]?key))(["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"'&,;)}\]]{1,1000}/gi,
      `$1$2${redacted}`,
    )
    .replaceAll(/(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.])/g, digits => (isCard(digits) ? '[card]' : digits));
}

/** Of a card network, with the right check digit (Luhn). */
function isCard(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  if (!/^[2-6]/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const counted = at % 2 === 1 ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}
