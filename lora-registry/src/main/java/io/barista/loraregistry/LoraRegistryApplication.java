package io.barista.loraregistry;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The adapters of a configuration's base models, over HTTP. */
@SpringBootApplication
public class LoraRegistryApplication {

    public static void main(String[] args) {
        SpringApplication.run(LoraRegistryApplication.class, args);
    }
}
