/**
 * ONNX models as bytes: the few messages of onnx.proto that our graphs need, field by field
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). The same graph gives the same bytes.
 */
import protobuf from 'protobufjs/minimal.js';

type Writer = protobuf.Writer;

/** `FLOATS`, `INTS` and `STRINGS` of one attribute, or a single `FLOAT`, `INT` or `STRING`. */
type Attribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly string: string }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number> }
  | { readonly strings: readonly string[] };

export interface Node {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** The operator set; ONNX's own by default. */
  readonly domain?: string;
}

export interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly floats: Float32Array;
}

/** A float32 matrix with any number of rows. */
export interface MatrixInfo {
  readonly name: string;
  readonly columns: number;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly constants: readonly Tensor[];
  readonly input: MatrixInfo;
  readonly outputs: readonly MatrixInfo[];
  /** For people who look into the file. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** IR 8, ai.onnx 13 and ai.onnx.ml 3: read by every ONNX Runtime since 1.10. */
const IR_VERSION = 8;
const OPERATOR_SETS = { '': 13, 'ai.onnx.ml': 3 } as const;

const FLOAT = 1;
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;

export function encodeModel(graph: Graph): Uint8Array {
  const out = protobuf.Writer.create();
  out.uint32(tag(1, 'varint')).int64(IR_VERSION);
  out.uint32(tag(2, 'bytes')).string('assay');
  nested(out, 7, (into) => writeGraph(into, graph));
  for (const [domain, version] of Object.entries(OPERATOR_SETS)) {
    nested(out, 8, (into) => {
      into.uint32(tag(1, 'bytes')).string(domain);
      into.uint32(tag(2, 'varint')).int64(version);
    });
  }
  for (const [key, value] of Object.entries(graph.metadata)) {
    nested(out, 14, (into) => {
      into.uint32(tag(1, 'bytes')).string(key);
      into.uint32(tag(2, 'bytes')).string(value);
    });
  }
  return out.finish();
}

function tag(field: number, wire: 'varint' | 'bytes' | 'float'): number {
  return (field << 3) | { varint: 0, bytes: 2, float: 5 }[wire];
}

function nested(out: Writer, field: number, body: (into: Writer) => void): void {
  out.uint32(tag(field, 'bytes')).fork();
  body(out);
  out.ldelim();
}

function writeGraph(out: Writer, graph: Graph): void {
  for (const node of graph.nodes) nested(out, 1, (into) => writeNode(into, node));
  out.uint32(tag(2, 'bytes')).string(graph.name);
  for (const tensor of graph.constants) nested(out, 5, (into) => writeTensor(into, tensor));
  nested(out, 11, (into) => writeMatrixInfo(into, graph.input));
  for (const output of graph.outputs) nested(out, 12, (into) => writeMatrixInfo(into, output));
}

function writeNode(out: Writer, node: Node): void {
  for (const input of node.inputs) out.uint32(tag(1, 'bytes')).string(input);
  for (const output of node.outputs) out.uint32(tag(2, 'bytes')).string(output);
  out.uint32(tag(3, 'bytes')).string(node.outputs.join('_'));
  out.uint32(tag(4, 'bytes')).string(node.type);
  for (const [name, attribute] of Object.entries(node.attributes ?? {})) {
    nested(out, 5, (into) => writeAttribute(into, name, attribute));
  }
  if (node.domain !== undefined) out.uint32(tag(7, 'bytes')).string(node.domain);
}

function writeAttribute(out: Writer, name: string, attribute: Attribute): void {
  out.uint32(tag(1, 'bytes')).string(name);
  let type: number;
  if ('float' in attribute) {
    type = ATTRIBUTE_TYPES.float;
    out.uint32(tag(2, 'float')).float(attribute.float);
  } else if ('int' in attribute) {
    type = ATTRIBUTE_TYPES.int;
    out.uint32(tag(3, 'varint')).int64(attribute.int);
  } else if ('string' in attribute) {
    type = ATTRIBUTE_TYPES.string;
    out.uint32(tag(4, 'bytes')).string(attribute.string);
  } else if ('floats' in attribute) {
    type = ATTRIBUTE_TYPES.floats;
    packed(out, 7, attribute.floats, (into, value) => into.float(value));
  } else if ('ints' in attribute) {
    type = ATTRIBUTE_TYPES.ints;
    packed(out, 8, attribute.ints, (into, value) => into.int64(value));
  } else {
    type = ATTRIBUTE_TYPES.strings;
    for (const value of attribute.strings) out.uint32(tag(9, 'bytes')).string(value);
  }
  out.uint32(tag(20, 'varint')).int32(type);
}

function packed(
  out: Writer,
  field: number,
  values: ArrayLike<number>,
  write: (into: Writer, value: number) => void,
): void {
  nested(out, field, (into) => {
    for (let index = 0; index < values.length; index++) write(into, values[index]!);
  });
}

function writeTensor(out: Writer, tensor: Tensor): void {
  packed(out, 1, tensor.dims, (into, value) => into.int64(value));
  out.uint32(tag(2, 'varint')).int32(FLOAT);
  packed(out, 4, tensor.floats, (into, value) => into.float(value));
  out.uint32(tag(8, 'bytes')).string(tensor.name);
}

function writeMatrixInfo(out: Writer, { name, columns }: MatrixInfo): void {
  out.uint32(tag(1, 'bytes')).string(name);
  nested(out, 2, (type) =>
    nested(type, 1, (tensor) => {
      tensor.uint32(tag(1, 'varint')).int32(FLOAT);
      nested(tensor, 2, (shape) => {
        nested(shape, 1, (dim) => dim.uint32(tag(2, 'bytes')).string('rows'));
        nested(shape, 1, (dim) => dim.uint32(tag(1, 'varint')).int64(columns));
      });
    }),
  );
}
