package org.lastmile.dist.command;

import picocli.CommandLine.Command;

@Command(name = "simulate")
public final class Simulate {}
