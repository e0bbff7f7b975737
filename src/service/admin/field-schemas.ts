import { z } from 'zod';
import { type FieldKind, type FieldKindName, PLACED_FIELDS, type PlacedField, RIGHTS } from '../../core/index.ts';

/** Of one text; of one list. */
const MAX_TEXT = 16_384;
const MAX_ITEMS = 1000;
const TEXT = z.string().max(MAX_TEXT);

/** The JSON of each kind of value. What a text must be beyond that, the kind itself says when it is read. */
const SCHEMAS: { readonly [Name in FieldKindName]: (kind: FieldKind<unknown>) => z.ZodType } = {
  path: () => TEXT,
  rights: () => z.strictObject({ path: TEXT, rights: z.array(z.enum(RIGHTS)).max(RIGHTS.length) }),
  size: ({ least = 0 }) => z.int().min(least),
  count: ({ least = 0 }) => z.int().min(least),
  duration: ({ least = 0 }) => z.int().min(least),
  network: () => z.string().max(64),
  email: () => z.string().max(254),
  moment: () => z.iso.datetime(),
  switch: () => z.boolean(),
  choice: ({ words = [] }) => z.enum(words),
  fingerprint: () => z.string().regex(/^[0-9a-f]{64}$/),
  key: () => TEXT,
  mount: () => z.strictObject({ at: TEXT, storage: TEXT, path: TEXT.optional(), readOnly: z.boolean().optional() }),
  group: () => z.string().max(512),
  list: ({ item }) => z.array(item ? schemaOf(item) : z.never()).max(MAX_ITEMS),
};

/** What an account says itself: an absent value is inherited, null is an explicit "none". */
export const OWN_SETTINGS = settingsSchema(PLACED_FIELDS, { isOwn: true }).meta({ id: 'OwnSettings' });

/** As of an account, without what each account says for itself. */
export const GROUP_SETTINGS = settingsSchema(
  PLACED_FIELDS.filter(({ field }) => !field.isOwn),
  { isOwn: true },
).meta({ id: 'GroupSettings' });

/** An account as it holds. */
export const EFFECTIVE_SETTINGS = settingsSchema(PLACED_FIELDS, { isOwn: false }).meta({ id: 'EffectiveSettings' });

/** The places of fields, as `quota.bytes`. */
export const FIELD_PLACE = z.enum(PLACED_FIELDS.map(({ place }) => place.join('.')));

interface SchemaTree {
  [name: string]: z.ZodType | SchemaTree;
}

function settingsSchema(fields: readonly PlacedField[], { isOwn }: { readonly isOwn: boolean }) {
  const tree: SchemaTree = {};
  for (const { place, field } of fields) {
    const last = place.at(-1) ?? '';
    const section = place.slice(0, -1).reduce<SchemaTree>((node, name) => {
      const inner = node[name];
      const next = inner instanceof z.ZodType || inner === undefined ? {} : inner;
      node[name] = next;
      return next;
    }, tree);
    const schema = schemaOf(field.kind).describe(field.summary);
    section[last] = (isOwn && !field.isAlways ? schema.nullable() : schema).optional();
  }
  return objectOf(tree);
}

function objectOf(tree: SchemaTree): z.ZodObject {
  const shape = Object.entries(tree).map(([name, node]) => [
    name,
    node instanceof z.ZodType ? node : objectOf(node).optional(),
  ]);
  return z.strictObject(Object.fromEntries(shape));
}

function schemaOf(kind: FieldKind<unknown>): z.ZodType {
  return SCHEMAS[kind.name](kind);
}
