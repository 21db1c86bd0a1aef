import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { DeliveryFailed } from '../channel.js';

/** Whether a literal address is one of the public internet. IPv4 within IPv6 counts as what it is. */
export const isPublic = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';

const refused = (host: string): DeliveryFailed =>
  new DeliveryFailed(
    `${host} is not an address of the public internet. If it is meant, set allowPrivate: true for this destination.`,
    { forGood: true },
  );

/** A literal address is never looked up, so it is checked apart. @throws DeliveryFailed */
export function refusePrivateLiteral({ hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(host) && !isPublic(host)) throw refused(host);
}

/**
 * Looks names up for one connection, and refuses those of private networks. The connection goes to the very addresses
 * that were checked: a name that points elsewhere at the next look changes nothing.
 */
export const guarded =
  (resolve: LookupFunction = lookup as LookupFunction): LookupFunction =>
  (hostname, options, done) =>
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPublic(address)))
        return done(refused(hostname), '', 0);
      if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
