/** Ways in from the internet: none. */

const INGRESS = {
  aws_vpc_security_group_ingress_rule: ({ cidr_ipv4: v4, cidr_ipv6: v6 }) => [v4, v6],
  aws_security_group_rule: ({ type, cidr_blocks: v4, ipv6_cidr_blocks: v6 }) =>
    type === 'ingress' ? [...(v4 ?? []), ...(v6 ?? [])] : [],
  aws_security_group: ({ ingress }) =>
    (ingress ?? []).flatMap((rule) => [...(rule.cidr_blocks ?? []), ...(rule.ipv6_cidr_blocks ?? [])]),
};
INGRESS.aws_default_security_group = INGRESS.aws_security_group;

/** Attributes that put a thing on the internet, with the value that does not. */
const PUBLIC = [
  ['aws_lb', 'internal', true],
  ['aws_db_instance', 'publicly_accessible', false],
  ['aws_subnet', 'map_public_ip_on_launch', false],
];

export const exposurePolicies = {
  'no-public-ingress': (resources) =>
    resources.flatMap(({ address, type, values }) =>
      (INGRESS[type]?.(values) ?? [])
        .filter((cidr) => cidr !== null && cidr !== undefined && cidr !== '' && !isPrivate(cidr))
        .map((cidr) => ({ address, problem: `lets in ${cidr}, which is not private` })),
    ),

  'nothing-has-a-public-address': (resources) => [
    ...resources.flatMap(({ address, type, values }) =>
      PUBLIC.filter(([kind, name, wanted]) => kind === type && values[name] !== wanted).map(
        ([, name, wanted]) => ({ address, problem: `${name} is not ${wanted}` }),
      ),
    ),
    ...resources
      .filter(({ type }) => type === 'aws_ecs_service')
      .filter(({ values }) => values.network_configuration?.[0]?.assign_public_ip !== false)
      .map(({ address }) => ({ address, problem: 'gives its tasks public addresses' })),
  ],

  'balancers-speak-tls': (resources) =>
    resources
      .filter(({ type, values }) => type === 'aws_lb_listener' && !['HTTPS', 'TLS'].includes(values.protocol))
      .map(({ address, values }) => ({ address, problem: `listens with ${values.protocol}` })),
};

/** RFC 1918, RFC 6598, and the unique local addresses of RFC 4193; wholly, so that 10.0.0.0/7 is not. */
function isPrivate(cidr) {
  const [base = '', length = ''] = cidr.split('/');
  if (base.includes(':')) return /^f[cd]/i.test(base) && Number(length) >= 7;
  const octets = base.split('.').map(Number);
  const [first, second] = octets;
  const bits = Number(length);
  if (first === 10) return bits >= 8;
  if (first === 172 && second >= 16 && second < 32) return bits >= 12;
  if (first === 192 && second === 168) return bits >= 16;
  return first === 100 && second >= 64 && second < 128 && bits >= 10;
}
