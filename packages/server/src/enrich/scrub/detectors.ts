import { amazonSecret } from './amazon-secret.js';
import { authorization } from './authorization.js';
import { cardNumber } from './card-number.js';
import type { Detector } from './detector.js';
import { emailAddress } from './email-address.js';
import { iban } from './iban.js';
import { ipAddress } from './ip-address.js';
import { jsonWebToken } from './json-web-token.js';
import { namedValue } from './named-value.js';
import { privateKey } from './private-key.js';
import { queryParameters } from './query-parameters.js';
import { socialSecurityNumber } from './social-security-number.js';
import { tokenPrefix } from './token-prefix.js';
import { urlCredentials } from './url-credentials.js';

/** All detectors. Of those whose triggers end at the same place, the first that finds something is obeyed. */
export const detectors: readonly Detector[] = [
  privateKey,
  amazonSecret,
  tokenPrefix,
  jsonWebToken,
  authorization,
  namedValue,
  urlCredentials,
  queryParameters,
  cardNumber,
  iban,
  socialSecurityNumber,
  emailAddress,
  ipAddress,
];
