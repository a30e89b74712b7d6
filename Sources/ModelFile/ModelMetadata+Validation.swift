extension ModelMetadata {
    /// Refuses what cannot be served, naming the field.
    func validate(path: String) throws(ModelFileError) {
        func invalid(_ field: String, _ reason: String) -> ModelFileError {
            .invalidField(path: path, field: field, reason: reason)
        }
        if let fault = architecture.firstFault() { throw invalid(fault.field, fault.reason) }
        guard !name.isEmpty else { throw invalid("name", "it is empty") }
        guard !preset.isEmpty else { throw invalid("preset", "it is empty") }
        guard let presetName else { throw invalid("preset", "it is a definition, and not a JSON object with a name") }
        guard !presetName.isEmpty else { throw invalid("preset.name", "it is empty") }
        guard classes.count == architecture.classes else {
            throw invalid("classes", "\(classes.count) names for \(architecture.classes) outputs")
        }
        guard Set(classes).count == classes.count, !classes.contains("") else {
            throw invalid("classes", "names must differ and not be empty: \(classes)")
        }
        guard calibration.temperature.isFinite, calibration.temperature > 0 else {
            throw invalid("calibration.temperature", "\(calibration.temperature) is not a positive number")
        }
    }
}
