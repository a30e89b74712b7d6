public import ArgumentParser
public import Inference
public import LightCurves

extension EngineKind: ExpressibleByArgument {}
extension GridEngine: ExpressibleByArgument {}
