// swift-tools-version: 6.2
import PackageDescription

// One list for every target: what leaks out of a module is visible as a `public import`.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func command(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, swiftSettings: settings)
}

func system(_ name: String, _ pkgConfig: String, debian: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

let package = Package(
    name: "apus",
    products: [
        .executable(name: "apus", targets: ["apus"]),
        .executable(name: "apus-lab", targets: ["apus-lab"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.1.0"),
    ],
    targets: [
        // C libraries: a module map and one shim header each.
        system("CRdkafka", "rdkafka", debian: "librdkafka-dev"),
        system("CPQ", "libpq", debian: "libpq-dev"),
        system("CAvro", "avro-c", debian: "libavro-dev"),
        system("COpenBLAS", "openblas", debian: "libopenblas-dev"),
        system("CCrypto", "libcrypto", debian: "libssl-dev"),
        system("CZlib", "zlib", debian: "zlib1g-dev"),
        system("CSnappy", "snappy", debian: "libsnappy-dev"),
        system("CZstd", "libzstd", debian: "libzstd-dev"),
        system("CLzma", "liblzma", debian: "liblzma-dev"),
        system("CCurl", "libcurl", debian: "libcurl4-openssl-dev"),

        // Our own C: one file an instruction set, the same results from each.
        .target(name: "CKernels"),

        library("Alerts"),
        library("AvroCoding", ["Alerts", "CZlib", "CSnappy", "CZstd", "CLzma"]),
        library("SchemaRegistry", ["AvroCoding", "CCurl"]),
        library("LightCurves", ["Alerts", "CKernels"]),
        library("ModelFile", ["CCrypto"]),
        library("Inference", ["ModelFile", "CKernels"]),
        // Makes models; nothing that serves alerts may depend on it.
        library("Training", ["Alerts", "AvroCoding", "LightCurves", "ModelFile", "Inference", "COpenBLAS"]),
        library("Streaming", ["CRdkafka"]),
        library("Store", ["Alerts", "CPQ"]),
        library("Telemetry", [.product(name: "Histogram", package: "hdrhistogram-swift")]),
        library(
            "Pipeline",
            [
                "Alerts", "AvroCoding", "LightCurves", "ModelFile", "Inference", "Streaming", "Store", "Telemetry",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        library("Workload", ["Alerts", "AvroCoding", "Streaming", "Telemetry", "CZlib"]),
        // Counts heap allocations where a measurement or a test asks for it; see allocation_counter.h.
        .target(name: "CAllocationCounter"),
        library(
            "Bench",
            [
                "Alerts", "AvroCoding", "LightCurves", "ModelFile", "Inference", "Store", "Telemetry", "CKernels", "CAvro",
                "CAllocationCounter",
            ]),
        // Draws charts in a terminal and as SVG; knows nothing of alerts.
        library("Plotting"),
        library("Settings", [.product(name: "Yams", package: "Yams")]),

        command(
            "apus",
            [
                "Alerts", "AvroCoding", "LightCurves", "ModelFile", "Inference", "Streaming", "Store", "Telemetry",
                "Pipeline", "Workload", "Settings", "SchemaRegistry", "Bench", "Plotting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),

        command(
            "apus-lab",
            [
                "Alerts", "AvroCoding", "LightCurves", "ModelFile", "Inference", "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        library("TestSupport", ["Alerts", "LightCurves", "ModelFile"]),
        tests("AlertsTests", ["Alerts"]),
        tests(
            "AvroCodingTests", ["AvroCoding", "Alerts", "CAvro", "CZlib", "CSnappy", "CZstd", "CLzma"],
            exclude: ["compare_with_fastavro.py", "compare_schemas.py"]),
        tests(
            "BenchTests", ["Bench", "AvroCoding", "Alerts", "LightCurves", "ModelFile", "Training", "Inference"]),
        tests("PlottingTests", ["Plotting"]),
        tests("SchemaRegistryTests", ["SchemaRegistry", "AvroCoding"]),
        tests(
            "LightCurvesTests",
            ["LightCurves", "Alerts", "ModelFile", "AvroCoding", "CKernels", "COpenBLAS", "CAllocationCounter"]),
        tests("ModelFileTests", ["Alerts", "ModelFile"]),
        tests("InferenceTests", ["Alerts", "Inference", "ModelFile", "CKernels", "CAllocationCounter", "Training"]),
        tests("TrainingTests", ["Training", "Inference", "ModelFile", "Alerts", "AvroCoding", "LightCurves"]),
        tests("StreamingTests", ["Streaming", "CRdkafka"]),
        tests("StoreTests", ["Store", "Alerts"], exclude: ["Recipes"]),
        tests("TelemetryTests", ["Telemetry"]),
        tests("SettingsTests", ["Settings"]),
        tests(
            "PipelineTests",
            [
                "Pipeline", "Streaming", "Store", "Telemetry", "AvroCoding", "Alerts", "LightCurves", "Inference",
                "ModelFile", "Workload", "SchemaRegistry",
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests("CommandsTests", ["Workload", "Store", "AvroCoding", "Alerts"]),
        tests("TidyTests", []),
        tests("WorkloadTests", ["Workload", "AvroCoding", "Alerts"]),
    ]
)
