/// The schema of classifications that are sent on, `ClassificationEncoder`'s.
public enum ClassificationSchema {
    /// The record's JSON text; a change of its fields is a new version.
    public static let json = """
        {"type": "record", "name": "classification", "namespace": "apus", "version": "1.0",
         "doc": "what a model says of one alert",
         "fields": [
         {"name": "candid", "type": "long", "doc": "the alert's id: ZTF candid, LSST diaSourceId"},
         {"name": "objectId", "type": "string", "doc": "the survey's name of the object; LSST's id in digits"},
         {"name": "jd", "type": "double", "doc": "Julian date of the observation that caused the alert, days"},
         {"name": "model", "type": "string", "doc": "the model's name"},
         {"name": "modelSha256", "type": "string", "doc": "SHA-256 of the model file, 64 hexadecimal digits"},
         {"name": "topClass", "type": "string", "doc": "the class with the highest probability"},
         {"name": "topProbability", "type": "float", "doc": "the probability of topClass, 0 to 1"},
         {"name": "probabilities", "doc": "every class in the model's order",
          "type": {"type": "array", "items": {"type": "record", "name": "classProbability", "fields": [
          {"name": "name", "type": "string"},
          {"name": "probability", "type": "float", "doc": "0 to 1; all of an alert add up to 1"}]}}}]}
        """
}
