extension InferPeers {
    /// Reads the tensors of an .apus file and builds the network of them as an ONNX graph, one operator a step of docs/model.md.
    static let graphScript = """
        def weights(path):
            contents = open(path, "rb").read()
            start = 8 + int.from_bytes(contents[:8], "little")
            header = loads(contents[8:start])
            header.pop("__metadata__")
            tensors = {}
            for name, entry in header.items():
                first, last = entry["data_offsets"]
                kind = {"F32": "<f4", "I8": "i1", "U8": "u1"}[entry["dtype"]]
                tensors[name] = frombuffer(contents[start + first:start + last], kind).reshape(entry["shape"])
            for name in [name for name in tensors if name + ".scale" in tensors]:
                tensors[name] = tensors[name].astype(float32) * tensors[name + ".scale"]
            return tensors

        def graph(tensors):
            from onnx import TensorProto, checker, helper, numpy_helper
            nodes, constants = [], {}
            def constant(value, kind=float32):
                name = f"c{len(constants)}"
                constants[name] = numpy_helper.from_array(array(value, kind), name)
                return name
            def node(kind, *inputs, **attributes):
                nodes.append(helper.make_node(kind, list(inputs), [f"n{len(nodes)}"], name=f"node{len(nodes)}", **attributes))
                return nodes[-1].output[0]
            def dense(x, name, relu=False):
                x = node("MatMul", x, constant(tensors[name + ".kernel"]))
                x = node("Add", x, constant(tensors[name + ".bias"]))
                return node("Relu", x) if relu else x
            def norm(x, name):
                gamma, beta = constant(tensors[name + ".gamma"]), constant(tensors[name + ".beta"])
                return node("LayerNormalization", x, gamma, beta, axis=-1, epsilon=shape["layerNormEpsilon"])
            heads, width, embed = shape["heads"], shape["headDim"], shape["embed"]
            def split(x, order):
                return node("Transpose", node("Reshape", x, constant([0, positions, heads, width], "i8")), perm=order)
            x = dense("input", "embedding", relu=True)
            if shape["position"] == "sinusoid":
                feature = arange(embed)
                angle = arange(positions)[:, None] / 10000 ** (2 * (feature // 2) / embed)
                code = sin(angle)
                code[:, 1::2] = cos(angle[:, 1::2])
                x = node("Add", x, constant(code))
            for layer in range(shape["layers"]):
                prefix = f"layers.{layer}."
                query = split(dense(x, prefix + "attn.query"), [0, 2, 1, 3])
                key = split(dense(x, prefix + "attn.key"), [0, 2, 3, 1])
                value = split(dense(x, prefix + "attn.value"), [0, 2, 1, 3])
                scores = node("Mul", node("MatMul", query, key), constant(width ** -0.5))
                context = node("Transpose", node("MatMul", node("Softmax", scores, axis=-1), value), perm=[0, 2, 1, 3])
                context = node("Reshape", context, constant([0, positions, heads * width], "i8"))
                x = norm(node("Add", x, dense(context, prefix + "attn.out")), prefix + "ln1")
                x = norm(node("Add", x, dense(dense(x, prefix + "ffn.0", relu=True), prefix + "ffn.1")), prefix + "ln2")
            parts = [node("ReduceMean", x, axes=[1], keepdims=0)]
            if shape["pooling"] == "mean+max":
                parts.append(node("ReduceMax", x, axes=[1], keepdims=0))
            if scalars:
                parts.append("scalars")
            x = node("Concat", *parts, axis=1) if len(parts) > 1 else parts[0]
            for index in range(len(shape["head"])):
                x = dense(x, f"head.{index}", relu=True)
            x = node("Div", dense(x, "classifier"), constant(job["temperature"]))
            nodes.append(helper.make_node("Softmax", [x], ["probabilities"], name="last", axis=-1))
            inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", positions, channels])]
            if scalars:
                inputs.append(helper.make_tensor_value_info("scalars", TensorProto.FLOAT, ["batch", scalars]))
            outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", shape["classes"]])]
            whole = helper.make_graph(nodes, "apus", inputs, outputs, list(constants.values()))
            model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
            checker.check_model(model)
            return model

        """
}
