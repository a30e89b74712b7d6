extension InferPeers {
    /// Reads the job, with what `graphScript` needs.
    static let inputScript = """
        from json import dump, load, loads
        from os.path import join
        from sys import stdin, stdout
        from tempfile import TemporaryDirectory
        from time import perf_counter
        from numpy import array, concatenate, float32, frombuffer, sin, cos, arange
        job = load(stdin)
        shape = job["shape"]
        positions, channels, scalars = job["positions"], shape["channels"], shape["scalars"]
        values = array(job["inputs"], float32).reshape(-1, positions, channels)
        extra = array(job["scalars"], float32).reshape(-1, scalars) if scalars else None
        result = {"lines": [], "skipped": []}

        """

    /// Times each engine at each batch size; what cannot run is a line of `skipped`.
    static let measurementScript = """
        def feed(batch):
            return {"input": values[:batch], "scalars": extra[:batch]} if scalars else {"input": values[:batch]}

        def measure(name, quantised, prepare, file=None):
            try:
                for batch in job["batches"]:
                    run = prepare(batch)
                    line = {"name": name, "quantised": quantised, "file": file, "batch": batch, "microseconds": []}
                    line["probabilities"] = [float(value) for value in array(run()).ravel()]
                    # The first round warms up and is not counted.
                    for repetition in range(job["repetitions"] + 1):
                        begin, done = perf_counter(), 0
                        while True:
                            run()
                            done += batch
                            elapsed = perf_counter() - begin
                            if elapsed >= job["seconds"]:
                                break
                        if repetition > 0:
                            line["microseconds"].append(elapsed * 1e6 / done)
                    result["lines"].append(line)
            except Exception as error:
                result["skipped"].append(f"{name}: left out: {error}")

        def onnx_runtime():
            from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions, __version__
            from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_dynamic, quantize_static
            from onnx import save
            options = SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_ALL
            options.log_severity_level = 4
            class Reader(CalibrationDataReader):
                def __init__(self):
                    self.feeds = iter([feed(len(values))])
                def get_next(self):
                    return next(self.feeds, None)
            def prepare(path):
                session = InferenceSession(path, options, providers=["CPUExecutionProvider"])
                return lambda batch: lambda inputs=feed(batch): session.run(["probabilities"], inputs)[0]
            name = f"ONNX Runtime {__version__}"
            with TemporaryDirectory() as folder:
                paths = [join(folder, kind) for kind in ["float.onnx", "dynamic.onnx", "static.onnx"]]
                save(graph(weights(job["model"])), paths[0])
                # Seven-bit weights, for sums of two products saturate 16 bits where the processor has no VNNI.
                choices = {"per_channel": True, "reduce_range": True, "weight_type": QuantType.QInt8}
                quantize_dynamic(paths[0], paths[1], **choices)
                quantize_static(paths[0], paths[2], Reader(), op_types_to_quantize=["MatMul"], **choices)
                measure(name + " fp32", False, prepare(paths[0]))
                measure(name + " int8 dynamic", True, prepare(paths[1]))
                measure(name + " int8 static", True, prepare(paths[2]))

        def lite_rt():
            try:
                from ai_edge_litert.interpreter import Interpreter
            except ImportError:
                from tflite_runtime.interpreter import Interpreter
            for index, path in enumerate(job["tflite"]):
                def prepare(batch):
                    interpreter = Interpreter(model_path=path, num_threads=1)
                    place = interpreter.get_input_details()[0]["index"]
                    interpreter.resize_tensor_input(place, [batch, positions, channels])
                    interpreter.allocate_tensors()
                    output = interpreter.get_output_details()[0]["index"]
                    def run():
                        interpreter.set_tensor(place, values[:batch])
                        interpreter.invoke()
                        return interpreter.get_tensor(output)
                    return run
                kinds = {str(entry["dtype"]) for entry in Interpreter(model_path=path).get_tensor_details()}
                quantised = any("int8" in kind for kind in kinds)
                measure("LiteRT int8" if quantised else "LiteRT fp32", quantised, prepare, index)

        for name, peer, wanted in [("ONNX Runtime", onnx_runtime, True), ("LiteRT", lite_rt, job["tflite"])]:
            try:
                if wanted:
                    peer()
            except Exception as error:
                result["skipped"].append(f"{name}: left out: {error}")
        dump(result, stdout)
        """
}
