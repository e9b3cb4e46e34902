"""The devices themselves: who has fallen silent."""
