import ArgumentParser
import Settings
import Store

struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Prints the models that the database knows.")

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let models = try ModelRegistry(Connection(options.read().database.connection)).entries()
        for model in models {
            print(
                "\(model.id)  \(model.role)  \(model.name)  preset \(model.preset), \(model.classes) classes, "
                    + "\(model.alerts) alerts classified, registered \(model.registeredAt), sha256 \(model.sha256)")
        }
        if models.isEmpty { note("no models; `apus run` registers the one it serves") }
    }
}

struct ModelActivateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Makes a model the active one of its name; the one that was is retired.",
        discussion: "It changes what the views show. `apus run` serves the file it is given, and makes that one active.")

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: "The model's number, as `apus model list` shows it.")
    var id: Int32

    func run() throws {
        try ModelRegistry(Connection(options.read().database.connection)).activate(id)
    }
}

struct ModelRetireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "retire", abstract: "Retires a model.")

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: "The model's number, as `apus model list` shows it.")
    var id: Int32

    func run() throws {
        try ModelRegistry(Connection(options.read().database.connection)).retire(id)
    }
}
