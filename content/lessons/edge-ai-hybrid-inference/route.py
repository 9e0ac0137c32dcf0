def route(tokens, device_ms, server_ms, round_trip_ms, online=True, private=False):
    here = tokens * device_ms
    if not online or private:
        return True, here, None
    there = round_trip_ms + tokens * server_ms
    return here <= there, here, there
