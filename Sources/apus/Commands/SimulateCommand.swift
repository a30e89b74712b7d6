import ArgumentParser
import Foundation
import Workload
