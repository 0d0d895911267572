# What is refused of how failed records are put back on the stream.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "numbers_of_the_redrive_outside_their_limits" {
  command = plan

  variables {
    redrive = { mode = "schedule", every_minutes = 5, records_per_second = 49, max_attempts = 11, memory_mb = 64, log_retention_days = 2 }
  }

  # Message: redrive.every_minutes must be a whole number from 15 to 1440 (minutes).
  # Message: redrive.records_per_second must be a whole number from 50 to 5000.
  # Message: redrive.max_attempts must be a whole number from 1 to 10.
  # Message: redrive.memory_mb must be a whole number from 128 to 10240 (MB).
  # Message: redrive.log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
  #   3288, 3653 (days).
  # Constructs: redrive.everyMinutes: 5 is too small; write a whole number from 15 to 1440 (minutes)
  # Constructs: redrive.recordsPerSecond: 49 is too small; write a whole number from 50 to 5000 (records a second)
  # Constructs: redrive.maxAttempts: 11 is too large; write a whole number from 1 to 10 (attempts)
  # Constructs: redrive.memoryMb: 64 is too small; write a whole number from 128 to 10240 (MB)
  # Constructs: redrive.logRetentionDays: invalid value 2; write one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
  #   2557, 2922, 3288, 3653
  expect_failures = [var.redrive]
}

run "a_mode_that_does_not_exist" {
  command = plan

  variables {
    redrive = { mode = "always" }
  }

  # Message: redrive.mode must be one of onDemand, schedule, events.
  # Constructs: redrive.mode: invalid value "always"; write one of onDemand, schedule, events
  expect_failures = [var.redrive]
}

run "a_time_without_a_schedule" {
  command = plan

  variables {
    redrive = { every_minutes = 30 }
  }

  # Message: redrive.every_minutes needs redrive.mode schedule.
  # Constructs: redrive.everyMinutes: redrive.everyMinutes requires redrive.mode schedule
  expect_failures = [var.redrive]
}

run "events_of_an_existing_bucket" {
  command = plan

  variables {
    backup  = { bucket = "logs-of-all" }
    redrive = { mode = "events" }
  }

  # Message: redrive.mode events is not for an existing bucket: it has one set of notifications, which Terraform would replace. Use schedule.
  # Constructs: redrive.mode: mode events conflicts with backup.bucket
  expect_failures = [var.redrive]
}

run "a_word_in_place_of_the_redrive" {
  command = plan

  variables {
    redrive = "yes"
  }

  # Message: redrive must be an object, such as {}, or null.
  # Constructs: redrive: "yes" is a string; write a map with keys out of
  expect_failures = [var.redrive]
}
