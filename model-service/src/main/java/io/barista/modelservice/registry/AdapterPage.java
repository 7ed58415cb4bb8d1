package io.barista.modelservice.registry;

import java.util.List;

/** One page of the registry's list, of so many. */
record AdapterPage(List<AdapterCard> data, int pages) {}
