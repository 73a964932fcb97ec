/** The plan of what shoppers order again and again. */
export const refillPlan = 'refill';

/** Ids of subscriptions that began with an order; those of the first day have none of it. */
export const startedPrefix = 'sub_ord_';

/** A subscription that began with an order is cancelled after so many renewals, so that there is an end to them. */
export const longestRenewals = 3;
