/// The whole configuration of a process, read from one YAML file and overridden by environment variables.
///
/// `Config/apus.yaml` documents every key; `SettingsKey.all` is the same list for the reader.
public struct Settings: Sendable, Equatable {
    public struct Kafka: Sendable, Equatable {
        /// Comma-separated `host:port` list.
        public var brokers = "127.0.0.1:9092"
        /// Topic names; one that begins with `^` is a regular expression.
        public var topics: [String] = []
        public var group = "apus"
        /// Raw settings handed to librdkafka as they are, in order of name.
        public var librdkafka: [String: String] = [:]
    }

    public struct Database: Sendable, Equatable {
        /// A libpq connection string or URI; what it leaves out comes from libpq's own environment (`PGPASSFILE`, ...).
        public var connection = "host=127.0.0.1 dbname=apus"
    }

    public struct Model: Sendable, Equatable {
        /// Path of the `.apus` file; a relative one counts from the configuration file's folder.
        public var path = ""
        /// What runs the network: `auto`, `int8`, `float` or `reference`.
        public var engine = "auto"
        /// What fits the Gaussian processes of a grid preset: `lanes` or `plain`.
        public var gridEngine = "lanes"
    }

    /// A cut on the stream: the preset's own, none, or one of the stream's.
    public enum Cut<Value: Sendable & Equatable>: Sendable, Equatable {
        case preset, off
        case limit(Value)
    }

    /// Which alerts are given to the network, where that is not what the model's preset says.
    public struct Selection: Sendable, Equatable {
        public var minimumDetections = Cut<Int>.preset
        public var maximumDetections = Cut<Int>.preset
        /// Longest time since the object's first detection, days.
        public var maximumAgeDays = Cut<Double>.preset
        /// Least real-bogus score, 0 to 1.
        public var minimumRealBogus = Cut<Double>.preset
        /// Star-galaxy score from which the nearest source is a star, 0 to 1.
        public var starScore = Cut<Double>.preset
        /// Least reduced chi-squared of a constant.
        public var minimumVariation = Cut<Double>.preset
        /// Whether known solar-system objects are left out; nil for the preset's own.
        public var skipsSolarSystem: Bool?
    }

    /// Where the schemas of messages are that do not hold their own.
    public struct Schemas: Sendable, Equatable {
        /// A folder in the layout of Rubin's `alert_packet`; empty for none. A relative path, here and in `files` and
        /// `cache`, counts from the configuration file's folder.
        public var folder = ""
        /// Schema files by the id that frames name them with.
        public var files: [Int32: String] = [:]
        /// A schema registry's URL; empty for none.
        public var registry = ""
        public var user = ""
        public var password = ""
        /// A folder where the registry's schemas are kept; empty for none.
        public var cache = ""
        /// How long an id that the registry does not know may be registered after all.
        public var waitUnknownMs = 60_000
        public var timeoutMs = 5_000

        public var isConfigured: Bool { !folder.isEmpty || !files.isEmpty || !registry.isEmpty }
    }

    public struct Pipeline: Sendable, Equatable {
        /// Worker threads; 0 means one for each processor.
        public var workers = 0
        public var batchMessages = 500
        public var lingerMs = 50
        /// Message batches waiting for a worker, and result batches waiting for the writer, at most.
        public var queueBatches = 4
        public var drainTimeoutMs = 30_000
    }

    public struct Log: Sendable, Equatable {
        public var level = "info"
        public var statusIntervalMs = 10_000
    }

    public var kafka = Kafka()
    public var database = Database()
    public var model = Model()
    public var selection = Selection()
    public var schemas = Schemas()
    public var pipeline = Pipeline()
    public var log = Log()

    public init() {}
}
