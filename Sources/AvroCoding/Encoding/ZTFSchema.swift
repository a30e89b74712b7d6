/// Alert schemas that this module writes.
public enum ZTFSchema {
    /// Of `simulated`, for single-object encoding.
    static let simulatedFingerprint = Result { () throws(AvroError) in try AvroSchema(json: simulated).fingerprint }

    /// The fields of ZTF's 3.3 alert schema that `Alert` and `Detections` hold, in its order and with its names and
    /// types.
    public static let simulated = """
        {"type": "record", "name": "alert", "namespace": "ztf", "version": "3.3",
         "doc": "alerts in the layout of ZTF's schema 3.3, with the fields that classification needs",
         "fields": [
         {"name": "schemavsn", "type": "string"},
         {"name": "publisher", "type": "string"},
         {"name": "objectId", "type": "string"},
         {"name": "candid", "type": "long"},
         {"name": "candidate", "type": {"type": "record", "name": "candidate", "namespace": "ztf.alert",
          "version": "3.3", "fields": [
          {"name": "jd", "type": "double"},
          {"name": "fid", "type": "int"},
          {"name": "diffmaglim", "type": ["float", "null"], "default": null},
          {"name": "candid", "type": "long"},
          {"name": "isdiffpos", "type": "string"},
          {"name": "ra", "type": "double"},
          {"name": "dec", "type": "double"},
          {"name": "magpsf", "type": "float"},
          {"name": "sigmapsf", "type": "float"},
          {"name": "distnr", "type": ["float", "null"], "default": null},
          {"name": "magnr", "type": ["float", "null"], "default": null},
          {"name": "rb", "type": ["float", "null"], "default": null},
          {"name": "ssdistnr", "type": ["float", "null"], "default": null},
          {"name": "sgscore1", "type": ["float", "null"], "default": null},
          {"name": "distpsnr1", "type": ["float", "null"], "default": null},
          {"name": "ndethist", "type": "int"},
          {"name": "jdstarthist", "type": ["double", "null"], "default": null},
          {"name": "drb", "type": ["float", "null"], "default": null}]}},
         {"name": "prv_candidates", "type": [{"type": "array", "items":
          {"type": "record", "name": "prv_candidate", "namespace": "ztf.alert", "version": "3.3", "fields": [
          {"name": "jd", "type": "double"},
          {"name": "fid", "type": "int"},
          {"name": "diffmaglim", "type": ["float", "null"], "default": null},
          {"name": "isdiffpos", "type": ["string", "null"], "default": null},
          {"name": "magpsf", "type": ["float", "null"], "default": null},
          {"name": "sigmapsf", "type": ["float", "null"], "default": null}]}}, "null"], "default": null}]}
        """
}
